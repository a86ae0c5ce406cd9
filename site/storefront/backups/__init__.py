"""Copies of database and files, and the way back. docs/howto/back-up.md tells how to use it."""
