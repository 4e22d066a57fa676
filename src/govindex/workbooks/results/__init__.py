"""Results as workbooks that are published, explained and checked."""
