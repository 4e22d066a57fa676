"""The source of functions: its tokens, and the names that it reads.

Tokens are the same on every supported Python; bytecode is not.
"""

from __future__ import annotations

import ast
import dis
import io
import linecache
import tokenize
from collections.abc import Callable, Iterator
from functools import lru_cache
from types import CodeType, FunctionType
from typing import Any, Generic, ParamSpec, TypeVar

import attrs

from govindex.errors import FrameworkError, SettingError
from govindex.namespaces import define_namespace

__all__ = ["Named", "SourceTokens", "source_of"]

_CURE = "give it a name and version: gi.Named(function, 'my.function', version='1')"
_LAYOUT = frozenset({tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT})
_IGNORED = frozenset({tokenize.COMMENT, tokenize.NL, tokenize.ENCODING, tokenize.ENDMARKER})
_WRAPPING = ("if", "1", ":", "<NEWLINE>", "<INDENT>")
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


def _check_text(instance: object, attribute: attrs.Attribute[str], value: str) -> None:
    if not isinstance(value, str) or not value.strip():
        raise SettingError(f"Named({attribute.name}=…) is a text that is not blank, not {value!r}")


def _check_function(_: object, __: object, value: Any) -> None:
    if not callable(value):
        raise SettingError(f"Named takes a function, not {value!r}")


P = ParamSpec("P")
R = TypeVar("R")


@attrs.frozen
class Named(Generic[P, R]):
    """A function that enters fingerprints by a name and a version from its author.

    For functions without a readable source, and for those that read something outside of it. The
    author changes the version whenever the function may compute something else.

    Parameters
    ----------
    function : callable
    name : str
        Such as "made-up.weighted-median".
    version : str

    Examples
    --------
    >>> double = Named(lambda x: 2 * x, "made-up.double", version="1")
    >>> double(4), double == Named(lambda x: x + x, "made-up.double", version="1")
    (8, True)
    """

    function: Callable[P, R] = attrs.field(validator=_check_function, eq=False, repr=False)
    name: str = attrs.field(validator=_check_text)
    version: str = attrs.field(validator=_check_text, kw_only=True)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Call the function."""
        return self.function(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        # The promises of a function, such as peer_dependent, stay with the named one.
        if name == "__wrapped__":  # its signature is that of the function
            return self.function
        if name.startswith("__") or name == "function":
            raise AttributeError(name)
        return getattr(self.function, name)


@attrs.frozen
class SourceTokens:
    """A function's source.

    Parameters
    ----------
    tokens : tuple of str
        Without comments, blank space, docstrings and the function's own name.
    names : frozenset of tuple of str
        The names that it reads from its module, each with its chain of attributes.
    imports : frozenset of str
        The modules that it imports when it runs.
    """

    tokens: tuple[str, ...]
    names: frozenset[tuple[str, ...]]
    imports: frozenset[str]


def source_of(function: FunctionType) -> SourceTokens:
    """Return a function's source.

    Raises
    ------
    FrameworkError
        If it cannot be read, or several definitions of a line fit.
    """
    code = function.__code__
    lines = tuple(linecache.getlines(code.co_filename, function.__globals__))
    node = _definition(code, lines)
    if node is None:
        raise FrameworkError(
            f"the function {function.__qualname__} has no canonical form, since its source cannot "
            f"be read: {_CURE}"
        )
    chains, imports = _read_of(node)
    read = set(_globals_of(code))
    names = frozenset(chain for chain in chains if chain[0] in read)
    return SourceTokens(tuple(_tokens_of(node, lines)), names, imports)


@lru_cache(maxsize=64)
def _definitions(lines: tuple[str, ...]) -> tuple[Definition, ...]:
    try:
        tree = ast.parse("".join(lines))
    except (SyntaxError, ValueError):
        return ()
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    return tuple(node for node in ast.walk(tree) if isinstance(node, kinds))


def _definition(code: CodeType, lines: tuple[str, ...]) -> Definition | None:
    """Return the only definition that fits a code."""
    nodes = [node for node in _definitions(lines) if _may_be(node, code)]
    if len(nodes) > 1:
        nodes = [node for node in nodes if _holds(node, code)]
    if len({tuple(_tokens_of(node, lines)) for node in nodes}) != 1:
        return None
    return nodes[0]


def _may_be(node: Definition, code: CodeType) -> bool:
    name = "<lambda>" if isinstance(node, ast.Lambda) else node.name
    arguments = node.args
    parameters = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    count = code.co_argcount + code.co_kwonlyargcount
    if name != code.co_name or _first_line(node) != code.co_firstlineno or len(parameters) != count:
        return False
    # In a class, a private name is prefixed with the name of the class.
    named = zip(code.co_varnames, parameters, strict=False)
    return all(known.endswith(argument.arg) for known, argument in named)


def _first_line(node: Any) -> int:
    decorators: list[Any] = getattr(node, "decorator_list", [])
    return min(int(part.lineno) for part in (node, *decorators))


def _holds(node: Definition, code: CodeType) -> bool:
    """Return whether a code is that of a definition, not of another next to or inside it."""
    body = node.body if isinstance(node.body, list) else [node.body]
    whole = (body[0].lineno, body[0].col_offset, body[-1].end_lineno, body[-1].end_col_offset)
    spans = [(a, c, b, d) for a, b, c, d in code.co_positions() if (c, d) != (0, 0)]
    # The last position is that of the returned value: the whole body.
    return bool(spans) and spans[-1] == whole


def _tokens_of(node: Definition, lines: tuple[str, ...]) -> list[str]:
    """Return the tokens of a definition; the ends of statements and blocks by their names."""
    docstring_lines = set(_docstrings(node))
    text, shift, wrapped = _text_of(node, lines)
    tokens: list[str] = []
    after_def, own_name = False, not isinstance(node, ast.Lambda)
    for kind, string, line in _tokenized(text):
        if kind in _IGNORED:
            continue
        if line + shift in docstring_lines and kind in (tokenize.STRING, tokenize.NEWLINE):
            continue
        if own_name and after_def:
            own_name = False
            continue
        after_def = string == "def"
        tokens.append(f"<{tokenize.tok_name[kind]}>" if kind in _LAYOUT else string)
    return tokens[len(_WRAPPING) : -1] if wrapped else tokens


def _text_of(node: Definition, lines: tuple[str, ...]) -> tuple[str, int, bool]:
    """Return a definition as a text, its line offset in the file, and whether it is wrapped.

    An indented definition is wrapped in a block.
    """
    if isinstance(node, ast.Lambda):
        return f"({ast.get_source_segment(''.join(lines), node)})\n", node.lineno - 1, False
    first = _first_line(node)
    block = "".join(lines[first - 1 : node.end_lineno])
    if block[:1] in (" ", "\t"):
        return f"if 1:\n{block}\n", first - 2, True
    return f"{block}\n", first - 1, False


def _docstrings(node: Definition) -> Iterator[int]:
    """Yield the lines of docstrings that share no line with code."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    for inner in ast.walk(node):
        if not isinstance(inner, kinds) or len(inner.body) < 2:
            continue
        first, second = inner.body[:2]
        text = first.value if isinstance(first, ast.Expr) else None
        last = first.end_lineno or first.lineno
        alone = inner.lineno < first.lineno and last < _first_line(second)
        if isinstance(text, ast.Constant) and isinstance(text.value, str) and alone:
            yield from range(first.lineno, last + 1)


def _tokenized(text: str) -> Iterator[tuple[int, str, int]]:
    """Yield kind, text and last line of each token; a formatted string is a single token."""
    lines = text.splitlines(keepends=True)
    starts = {getattr(tokenize, name, -1) for name in ("FSTRING_START", "TSTRING_START")}
    ends = {getattr(tokenize, name, -1) for name in ("FSTRING_END", "TSTRING_END")}
    opened: list[tuple[int, int]] = []
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type in starts:
            opened.append(token.start)
        elif token.type in ends:
            start = opened.pop()
            if not opened:
                yield tokenize.STRING, _between(lines, start, token.end), token.end[0]
        elif not opened:
            yield token.type, token.string, token.end[0]


def _between(lines: list[str], start: tuple[int, int], end: tuple[int, int]) -> str:
    (first, low), (last, high) = start, end
    if first == last:
        return lines[first - 1][low:high]
    return "".join([lines[first - 1][low:], *lines[first : last - 1], lines[last - 1][:high]])


def _read_of(node: Definition) -> tuple[set[tuple[str, ...]], frozenset[str]]:
    """Return the names read, each with its chain of attributes, and the modules imported."""
    chains: set[tuple[str, ...]] = set()
    imports: set[str] = set()
    stack: list[ast.AST] = [node]
    while stack:
        inner = stack.pop()
        chain = _chain(inner)
        if chain:
            chains.add(chain)
            continue
        if isinstance(inner, ast.Import):
            imports |= {alias.name for alias in inner.names}
        elif isinstance(inner, ast.ImportFrom):
            imports.add("." * inner.level + (inner.module or ""))
        stack.extend(ast.iter_child_nodes(inner))
    return chains, frozenset(imports)


def _chain(node: ast.AST) -> tuple[str, ...]:
    """Return ("a", "b", "c") of a.b.c, () of anything else."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return (node.id, *reversed(names)) if isinstance(node, ast.Name) else ()


def _globals_of(code: CodeType) -> Iterator[str]:
    for step in dis.get_instructions(code):
        if step.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            yield step.argval
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _globals_of(constant)


define_namespace(__name__)
