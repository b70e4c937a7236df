"""Results as text for people and programs; all escaping lives here."""
