"""What may attack or break the tool, each threat with the tests that show what becomes of it; and some of these."""

from __future__ import annotations

import ast
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from archiver.model import Event

from .conftest import PARAGRAPHS, Desk, Served, Site, page

TESTS = Path(__file__).parents[1]
BRIDGE = "/town/old-quay-bridge/"
PARADE = "/town/lantern-parade/"

GUARD = "unit/fetch/test_guard.py"
CLIENT = "unit/fetch/test_client.py"
SERVERS = "unit/fetch/test_hostile_servers.py"
SOURCES = "unit/fetch/test_hostile_sources.py"
PACE = "unit/fetch/test_pace.py"
ROBOTS = "unit/fetch/test_robots.py"
INPUT = "unit/extract/test_bad_input.py"
QUALITY = "unit/extract/test_quality.py"
GIT = "unit/store/test_git.py"
CRASH = "unit/store/test_crash.py"
EVENTS = "scenario/test_events.py"
PAGES = "scenario/test_pages.py"
CARE = "scenario/test_care.py"
HERE = "scenario/test_threats.py"

THREATS: dict[str, tuple[str, ...]] = {
    "internal network: addresses direct and redirected, in every spelling, names, mixed records": (
        f"{GUARD}::test_private_hosts_are_refused_before_contact",
        f"{GUARD}::test_the_kind_of_an_address",
        f"{GUARD}::test_a_redirect_to_anything_but_http_is_refused",
        f"{GUARD}::test_robots_txt_cannot_lead_inside",
    ),
    "internal network: links of feeds and sitemaps, rel=next, meta refresh, canonical": (
        f"{SOURCES}::test_links_of_a_source_never_lead_inside",
        f"{PAGES}::test_a_private_address_is_no_page_of_an_article",
        f"{HERE}::test_what_a_page_says_of_other_addresses_is_never_followed",
    ),
    "internal network: DNS rebinding": (
        f"{GUARD}::test_a_name_that_changes_its_answer_gains_nothing",
        f"{SOURCES}::test_a_name_that_changes_its_answer_between_feed_and_article_gains_nothing",
    ),
    "secrets: passwords in addresses, cookies across hosts, local files": (
        "unit/test_urls.py::test_a_password_is_refused_and_never_shown",
        f"{SOURCES}::test_links_that_are_no_addresses_are_left_out_and_passwords_kept_nowhere",
        f"{CLIENT}::test_cookies_stay_with_their_host",
        f"{CLIENT}::test_cookies_end_with_the_run",
    ),
    "memory: bombs, nested bombs, endless bodies and headers, pages too large": (
        f"{SERVERS}::test_nobody_fills_the_memory",
        f"{SERVERS}::test_gzip_in_several_parts_is_one_page_but_not_in_thousands",
        f"{SOURCES}::test_a_hostile_source_fails_with_a_reason_and_alone",
        f"{CLIENT}::test_results_that_nobody_takes_stop_the_fetching",
    ),
    "time: drips, stalls, Retry-After of a day, Crawl-delay of a day, dead hosts": (
        f"{SERVERS}::test_nobody_stretches_the_deadline",
        f"{PACE}::test_a_wait_of_a_day_ends_the_hosts_run",
        f"{PACE}::test_a_crawl_delay_and_junk_in_retry_after_end_within_bounds",
        f"{PACE}::test_a_host_that_never_answers_is_given_up_for_the_run",
    ),
    "true text: wrong length, cut chunks, cut gzip, 206, reset": (
        f"{SERVERS}::test_a_part_is_never_a_capture",
        f"{SERVERS}::test_a_second_try_may_bring_the_whole",
        f"{SERVERS}::test_a_reset_connection_is_tried_again",
        f"{PAGES}::test_a_page_that_fails_fails_the_article_and_halves_nothing",
    ),
    "true text: charsets mislabelled, flipped, with NULs": (
        f"{INPUT}::test_wrong_missing_and_lying_encodings",
        f"{HERE}::test_another_encoding_of_the_same_text_is_no_revision",
        f"{SOURCES}::test_a_source_in_whatever_encoding_names_its_article",
    ),
    "true text: soft 404, captcha, consent, login, home page, maintenance, JS shell, paywall": (
        f"{QUALITY}::test_a_wall_is_no_article",
        f"{EVENTS}::test_a_wall_is_held_with_its_evidence_and_the_article_stays",
        f"{EVENTS}::test_a_redirect_to_the_home_page_is_absence",
        f"{EVENTS}::test_an_empty_page_is_held",
    ),
    "true text: an honest brief, an article about captchas, a retraction, a halved text": (
        f"{QUALITY}::test_an_article_is_one",
        f"{QUALITY}::test_a_halved_article_and_a_retraction_are_edits_and_no_collapse",
    ),
    "true text: 404, 410, 451, undelete, move, revert, noise, ETag churn, lying 304": (
        f"{EVENTS}::test_a_page_withdrawn_for_good_is_gone_at_once_and_its_text_stays",
        f"{EVENTS}::test_a_404_is_believed_when_it_is_seen_twice",
        f"{EVENTS}::test_a_permanent_move_keeps_the_folder_and_both_addresses",
        f"{EVENTS}::test_the_same_page_in_other_furniture_is_no_revision",
        f"{EVENTS}::test_a_server_that_denies_an_edit_is_believed_for_a_day",
        f"{HERE}::test_an_edit_that_is_taken_back_is_two_edits_and_a_new_etag_none",
    ),
    "identity: canonical of a victim, tracking, query ids, two addresses": (
        f"{HERE}::test_a_canonical_address_of_another_article_leaves_that_one_untouched",
        "unit/test_urls.py::test_tracking_parameters_are_dropped_and_the_others_keep_their_order",
        f"{EVENTS}::test_two_addresses_of_one_article_in_one_run_make_one_article",
        f"{EVENTS}::test_an_article_that_now_leads_to_another_is_not_mixed_with_it",
    ),
    "the site's rules: robots.txt in every state": (
        f"{ROBOTS}::test_what_is_disallowed_is_never_requested",
        f"{ROBOTS}::test_silence_and_server_errors_close_the_site",
        f"{ROBOTS}::test_an_endless_file_is_read_in_part",
        f"{ROBOTS}::test_the_pause_a_site_asks_for",
        f"{PAGES}::test_robots_txt_is_asked_for_every_page",
    ),
    "budget: redirect loops and chains, cookie loops, sitemap loops, endless feeds, calendars": (
        f"{CLIENT}::test_a_circle_of_redirects_is_named",
        f"{CLIENT}::test_a_long_chain_and_a_cookie_loop_end_after_ten",
        f"{SOURCES}::test_sitemaps_in_a_circle_without_end_or_in_thousands_are_bounded",
        f"{SOURCES}::test_entries_without_end_are_bounded_and_so_is_what_is_asked_for",
        f"{SOURCES}::test_a_calendar_without_end_is_left_after_some_pages",
        f"{PAGES}::test_pages_without_end_are_bounded",
    ),
    "parser: nesting, attributes, links and lines without end": (
        f"{INPUT}::test_text_below_many_levels_and_all_that_follows_survive",
        f"{INPUT}::test_attributes_without_end_cost_nothing",
        f"{INPUT}::test_markup_of_any_kind_is_read_in_time",
        "unit/discover/test_sections.py::test_an_endless_page_is_bounded",
    ),
    "parser: structured data that is deep, huge or of wrong types, mad dates": (
        f"{INPUT}::test_structured_data_that_cannot_be_read_costs_metadata_only",
    ),
    "parser: billion laughs, external entities, broken feeds, pages in place of feeds": (
        f"{SOURCES}::test_a_hostile_source_fails_with_a_reason_and_alone",
        "unit/discover/test_feeds.py::test_what_is_no_feed_is_never_no_news",
        "unit/discover/test_sitemaps.py::test_what_is_no_sitemap_is_never_no_news",
    ),
    "file system: traversal, .git names, control characters, names of other systems, length": (
        "unit/store/test_layout.py::test_every_key_is_made_of_portable_names",
        "unit/store/test_layout.py::test_two_urls_never_share_a_folder",
        f"{GIT}::test_a_path_that_is_no_article_never_reaches_git",
    ),
    "git: commands in titles, forged trailers, front-matter break-out": (
        f"{GIT}::test_a_hostile_headline_is_only_text",
        "unit/store/test_serialize.py::test_nothing_a_page_says_forges_a_trailer",
        "unit/store/test_serialize.py::test_any_string_at_all_can_be_written_and_adds_no_line",
    ),
    "terminal: ANSI, OSC, C1, bidirectional controls": (
        "unit/render/test_render_text.py::test_hostile_text_is_shown_not_sent",
        "unit/render/test_render_text.py::test_safe_text_is_one_line_without_controls",
    ),
    "reader's sheet: formulas": ("unit/render/test_table.py::test_a_cell_that_looks_like_a_formula_is_text",),
    "archive: kill, TERM, INT at any moment": (
        "scenario/test_interruptions.py::test_killed_at_any_moment_the_archive_loses_nothing_and_doubles_nothing",
        "scenario/test_interruptions.py::test_asked_to_stop_it_keeps_what_it_has_and_goes_on_later",
        f"{CRASH}::test_killed_at_any_moment_nothing_that_was_safe_is_lost",
    ),
    "archive: two runs, stale locks": (
        f"{EVENTS}::test_a_second_run_is_told_who_holds_the_archive",
        f"{GIT}::test_old_ref_locks_are_removed_and_fresh_ones_respected",
        "cli/test_watch_commands.py::test_a_run_waits_for_another_one_to_finish",
    ),
    "archive: disk full, size limit, unwritable, a file in the way, links out, few descriptors": (
        f"{CRASH}::test_a_full_disk_is_an_error_and_what_was_safe_stays",
        f"{CRASH}::test_a_limit_on_file_size_is_an_error_and_what_was_safe_stays",
        f"{CRASH}::test_objects_that_cannot_be_written_are_one_line",
        f"{GIT}::test_a_file_in_the_way_is_one_line",
        f"{CARE}::test_a_link_out_of_an_archive_is_refused",
        f"{HERE}::test_with_few_descriptors_it_works_or_says_so",
    ),
    "archive: no git, hostile settings and variables, enclosing repositories, other branches": (
        f"{GIT}::test_without_git_it_says_so",
        f"{GIT}::test_the_users_configuration_is_not_read",
        f"{GIT}::test_the_environment_of_a_hook_leads_nowhere",
        f"{GIT}::test_a_folder_inside_an_archive_is_no_archive",
        f"{GIT}::test_another_branch_is_left_alone",
    ),
    "researcher: hooks, settings, attributes of a downloaded archive": (
        f"{GIT}::test_configuration_that_we_never_write_is_refused_with_its_line",
        f"{GIT}::test_files_that_lead_git_elsewhere_are_refused",
        f"{GIT}::test_a_hook_in_the_archive_does_not_run",
        f"{CARE}::test_nothing_of_what_could_run_is_copied_or_runs",
    ),
    "archive: edited by hand, damaged objects, index and logs, fresh clones": (
        f"{GIT}::test_an_uncommitted_edit_blocks_the_files_but_loses_nothing",
        f"{CARE}::test_a_damaged_object_is_found",
        f"{CARE}::test_an_index_that_says_something_else_is_found_and_built_again",
        f"{CARE}::test_a_check_log_that_was_altered_or_damaged_is_named_and_nothing_else_stops",
        f"{GIT}::test_a_clone_is_an_archive",
    ),
    "order: a clock that jumps": (
        f"{GIT}::test_a_clock_that_is_wrong_keeps_order_and_time",
        "unit/store/test_runs.py::test_runs_within_a_second_and_with_a_clock_set_back_stay_in_order",
    ),
    "cron: no HOME, C locale, closed stdout, broken pipe, lists with comments": (
        f"{HERE}::test_it_runs_with_no_home_no_locale_and_no_output",
        "cli/test_commands.py::test_a_reader_that_leaves_is_no_error",
        "cli/test_watch_commands.py::test_a_list_is_watched_line_by_line",
    ),
}


@pytest.mark.parametrize("threat", THREATS)
def test_every_threat_has_its_tests(threat: str) -> None:
    for name in THREATS[threat]:
        path, _, function = name.partition("::")
        tree = ast.parse((TESTS / path).read_text(encoding="utf-8"))
        assert function in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}, name


def test_what_a_page_says_of_other_addresses_is_never_followed(desk: Desk) -> None:
    head = '<meta http-equiv="refresh" content="0; url={0}"><link rel="canonical" href="{0}"><base href="{0}">'
    with Site().running() as inside:
        desk.site.pages[BRIDGE] = Served(page(head=head.format(inside.url("/admin"))))
        assert desk.look(0, BRIDGE)[BRIDGE].check.event is Event.FIRST
        assert inside.asked == []


def test_another_encoding_of_the_same_text_is_no_revision(desk: Desk) -> None:
    text = page(headline="Café Übersee to close").decode()
    desk.site.pages[BRIDGE] = Served(text.encode())
    desk.look(0, BRIDGE)
    for hour, encoding, charset in ((1, "cp1252", "windows-1252"), (2, "utf-16", "utf-16"), (3, "utf-8", "latin-1")):
        served = text.replace('"utf-8"', f'"{charset}"').encode(encoding)
        desk.site.pages[BRIDGE] = Served(served, headers={"Content-Type": f"text/html; charset={charset}"})
        assert desk.look(hour)[BRIDGE].check.event is Event.SAME


def test_an_edit_that_is_taken_back_is_two_edits_and_a_new_etag_none(desk: Desk) -> None:
    plain, edited = page(), page(*PARAGRAPHS[:2], PARAGRAPHS[2].replace("1,400", "1,900"), *PARAGRAPHS[3:])
    events = []
    for hour, body in enumerate((plain, plain, edited, edited, plain)):
        desk.site.pages[BRIDGE] = Served(body, headers={"Content-Type": "text/html", "ETag": f'"{hour}"'})
        events.append(desk.look(hour, BRIDGE)[BRIDGE].check.event)
    assert events == [Event.FIRST, Event.SAME, Event.EDIT, Event.SAME, Event.EDIT]
    first, _, last = desk.history(BRIDGE)
    assert first.text_sha256 == last.text_sha256


def test_a_canonical_address_of_another_article_leaves_that_one_untouched(desk: Desk) -> None:
    desk.site.pages[PARADE] = Served(page(headline="Lantern parade returns"))
    desk.look(0, PARADE)
    head = f'<link rel="canonical" href="{desk.site.url(PARADE)}">'
    desk.site.pages[BRIDGE] = Served(page(*reversed(PARAGRAPHS), headline="Parade cancelled, says nobody", head=head))
    assert desk.look(1, BRIDGE, PARADE)[PARADE].check.event is Event.SAME
    assert len(desk.history(PARADE)) == 1
    assert desk.history(BRIDGE)[0].key != desk.history(PARADE)[0].key


def command(desk: Desk) -> list[str]:
    """A snapshot of the bridge story, as cron would run it."""
    words = ["--archive", str(desk.path), "snapshot", "--allow-host", desk.site.host, desk.site.url(BRIDGE)]
    return [sys.executable, "-m", "archiver", *words]


def test_it_runs_with_no_home_no_locale_and_no_output(desk: Desk) -> None:
    desk.site.pages[BRIDGE] = Served(page(headline="Café Übersee — „closed“"))
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "PYTHONPATH": str(TESTS.parent)}
    done = subprocess.run(command(desk), env=environment, capture_output=True, cwd="/", timeout=60)
    assert (done.returncode, b"Traceback" in done.stderr) == (0, False), done.stderr
    desk.site.pages[BRIDGE] = Served(page(headline="Café Übersee — „open again“"))
    closed = subprocess.run(["sh", "-c", '"$@" >&- 2>&-', "sh", *command(desk)], env=environment, cwd="/", timeout=60)
    assert closed.returncode in (0, 1)
    assert [revision.event for revision in desk.history(BRIDGE)] == [Event.FIRST, Event.EDIT]


@pytest.mark.parametrize("most", [10, 14, 20, 40])
def test_with_few_descriptors_it_works_or_says_so(desk: Desk, most: int) -> None:
    desk.site.pages[BRIDGE] = Served(page())
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(TESTS.parent)}
    done = subprocess.run(
        command(desk),
        env=environment,
        capture_output=True,
        timeout=60,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (most, most)),
    )
    assert b"Traceback" not in done.stderr
    assert done.returncode in (0, 1, 3, 4), done.stderr
    if done.returncode == 0:
        assert len(desk.history(BRIDGE)) == 1
    desk.look(1, BRIDGE)
    assert len(desk.history(BRIDGE)) == 1, "and the archive is whole"
