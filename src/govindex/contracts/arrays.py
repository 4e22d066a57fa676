"""Types of the arrays that parts receive and return."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["Bool", "Float", "Index", "Status"]

Float = npt.NDArray[np.float64]
Bool = npt.NDArray[np.bool_]
Status = npt.NDArray[np.uint8]
Index = npt.NDArray[np.intp]
