"""A line {"url", "html_b64"} in, a line of JSON out: the protocol of `archiver extract --jsonl`, for measuring."""

import base64
import json
import sys

from archiver.extract import as_record, extract

for line in sys.stdin:
    job = json.loads(line)
    found = extract(base64.b64decode(job["html_b64"]), url=job["url"])
    record = as_record(found.article, problem=found.problem, warnings=found.warnings)
    print(json.dumps(record), flush=True)
