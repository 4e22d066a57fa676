"""Which pairs change order because a third unit comes or goes."""
