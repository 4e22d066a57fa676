"""Reversals: pairs that change order because a third unit comes or goes."""
