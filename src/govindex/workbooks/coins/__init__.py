"""Composite indicators as other tools keep them: COINr and the COIN Tool."""
