"""What is changed in a Python file: mutmut's operators, and what they have none for.

mutmut mutates functions. Much of a Django project is no function: settings, models, forms, URLs
and migrations are assignments, lists and class bodies, of which an entry can be left out.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import libcst as cst
from mutmut.mutation.mutators import mutation_operators

# What yields the nodes that may take a node's place.
Operator = Callable[[Any], Iterable[cst.CSTNode]]


def without(items: Sequence[Any]) -> Iterator[list[Any]]:
    """The sequence without its first item, without its second one, and so on."""
    for number in range(len(items)):
        yield [*items[:number], *items[number + 1 :]]


def element_left_out(node: cst.List | cst.Tuple | cst.Set | cst.Dict) -> Iterator[cst.CSTNode]:
    """[a, b] becomes [b], and [a]."""
    for elements in without(node.elements):
        if isinstance(node, cst.Tuple) and len(elements) == 1:
            elements = [elements[0].with_changes(comma=cst.Comma())]
        yield node.with_changes(elements=elements)


def decorator_left_out(node: cst.FunctionDef | cst.ClassDef) -> Iterator[cst.CSTNode]:
    for decorators in without(node.decorators):
        yield node.with_changes(decorators=decorators)


def base_left_out(node: cst.ClassDef) -> Iterator[cst.CSTNode]:
    """class A(B, C) becomes class A(C), and class A(B)."""
    if len(node.bases) > 1:
        for bases in without(node.bases):
            yield node.with_changes(bases=bases)


def statement_left_out(node: cst.SimpleStatementLine) -> Iterator[cst.CSTNode]:
    """A call, a raise or an assignment becomes pass; a docstring stays."""
    [*_, last] = node.body
    called = isinstance(last, cst.Expr) and not isinstance(last.value, cst.BaseString)
    if called or isinstance(last, cst.Raise | cst.Assign | cst.AugAssign):
        yield node.with_changes(body=[cst.Pass()])


def method_left_out(node: cst.ClassDef) -> Iterator[cst.CSTNode]:
    """The class has what its bases have."""
    body = node.body
    if isinstance(body, cst.IndentedBlock):
        for number, one in enumerate(body.body):
            if isinstance(one, cst.FunctionDef):
                rest = [*body.body[:number], *body.body[number + 1 :]]
                rest = rest or [cst.SimpleStatementLine([cst.Pass()])]
                yield node.with_changes(body=body.with_changes(body=rest))


def condition_decided(node: cst.If) -> Iterator[cst.CSTNode]:
    """`if a:` becomes `if True:` and `if False:`."""
    for name in ("True", "False"):
        yield node.with_changes(
            test=cst.Name(name), whitespace_before_test=cst.SimpleWhitespace(" ")
        )


OURS: tuple[tuple[type | tuple[type, ...], Operator], ...] = (
    ((cst.List, cst.Tuple, cst.Set, cst.Dict), element_left_out),
    ((cst.FunctionDef, cst.ClassDef), decorator_left_out),
    (cst.ClassDef, base_left_out),
    (cst.ClassDef, method_left_out),
    (cst.SimpleStatementLine, statement_left_out),
    (cst.If, condition_decided),
)


class Visitor(cst.CSTVisitor):
    """Collects every node with what may take its place."""

    def __init__(self) -> None:
        self.found: list[tuple[cst.CSTNode, cst.CSTNode]] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        for kind, operator in (*mutation_operators, *OURS):
            if isinstance(node, kind):
                self.found += [(node, new) for new in operator(node)]
        return True


def changed(text: str) -> Iterator[str]:
    """The text of a Python file with one change each, those that compile."""
    module = cst.parse_module(text)
    statements = [module.code_for_node(statement) for statement in module.body]
    begin = text.index(statements[0]) if statements else 0
    for number, statement in enumerate(module.body):
        head = text[:begin] + "".join(statements[:number])
        tail = text[len(head) + len(statements[number]) :]
        visitor = Visitor()
        statement.visit(visitor)
        for old, new in visitor.found:
            try:
                changed = statement.deep_replace(old, new)
                result = head + module.code_for_node(changed) + tail
                compile(result, "a mutant", "exec")
            except (SyntaxError, cst.CSTValidationError):
                continue
            yield result
