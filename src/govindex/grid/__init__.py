"""Tables as people lay them out: cells → header, outline and kinds of cells; no file format."""

from govindex.grid.sheets import Area, Cell, Grid

__all__ = ["Area", "Cell", "Grid"]
