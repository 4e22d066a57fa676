"""Random numbers that depend on the index of a draw, not on workers or their order."""

from __future__ import annotations

import numpy as np

from govindex.errors import SettingError

__all__ = ["Seed", "as_seed", "generator"]

Seed = int | np.random.Generator


def as_seed(rng: Seed) -> tuple[int, ...]:
    """Return the entropy of all draws.

    Parameters
    ----------
    rng : int or numpy.random.Generator
        A whole number of at least 0 gives the same draws each time; a generator gives numbers of
        its stream, which differ each time.

    Raises
    ------
    SettingError
        If `rng` is neither.
    """
    if isinstance(rng, np.random.Generator):
        return tuple(int(word) for word in rng.integers(0, 2**32, size=4, dtype=np.uint64))
    if isinstance(rng, (int, np.integer)) and not isinstance(rng, bool) and rng >= 0:
        return (int(rng),)
    raise SettingError(
        f"rng is a whole number of at least 0 or a numpy.random.Generator, not {rng!r}"
    )


def generator(seed: tuple[int, ...], stream: int, block: int) -> np.random.Generator:
    """Return the generator of one variation in one block of draws."""
    sequence = np.random.SeedSequence(seed, spawn_key=(stream, block))
    return np.random.Generator(np.random.SFC64(sequence))
