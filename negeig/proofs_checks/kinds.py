"""Certificates as JSON documents: a kind, what it is about, and evidence that verifies itself.

A document is ``{"kind": name, "about": object, "evidence": data}``. To add a kind is to add a file
to :mod:`negeig.proofs_checks.certificates` that ends in ``KIND = CertificateKind(...)``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from negeig.automata.formats.json_file import loads
from negeig.claims import InputError, LimitReached, output_text
from negeig.evidence import Evidence
from negeig.folder import Folder
from negeig.proofs_checks.certificate import Certificate
from negeig.proofs_checks.runs.subject import machine_json
from negeig.proofs_checks.subjects import MACHINE, Form

Subject = TypeVar("Subject")

KEYS = {"kind", "about", "evidence"}

MALFORMED = (
    ArithmeticError,
    AttributeError,
    IndexError,
    KeyError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What reading a value of the wrong form may end in, besides InputError."""


@dataclass(frozen=True, kw_only=True)
class CertificateKind(Generic[Subject]):
    """One kind of certificate.

    Attributes
    ----------
    name : str
        That of its module.
    statement : str
        What is proved, in one sentence.
    evidence : type
        The class of its evidence.
    form : Form
        How what it is about is written.
    read : function
        Makes the evidence of its JSON value and of what it is about; raises InputError.
    checker : function or None
        The same check of the two JSON values, ``about`` and ``evidence``, in a module that imports
        nothing but Python's own modules; None where there is none.
    portable : function or None
        Makes ``about`` and ``evidence`` of a certificate for others of those of a document; None
        where :mod:`negeig.proofs_checks.checker` does not check the kind.
    """

    name: str
    statement: str
    evidence: type[Evidence[Subject]]
    form: Form[Subject]
    read: Callable[[Any, Subject], Evidence[Subject]]
    checker: Callable[[Any, Any], list[str]] | None = None
    portable: Callable[[Any, Any], tuple[Any, Any]] | None = None

    def certificate(self, evidence: Evidence[Subject], about: Subject) -> Certificate:
        """Return a certificate that others check. Raises InputError where the kind has none."""
        if self.portable is None:
            raise InputError("certificate", f"there is none of the kind {self.name}")
        document = self.document(evidence, about)
        subject, data = self.portable(document["about"], document["evidence"])
        return Certificate(kind=self.name, claim=self.statement, about=subject, evidence=data)

    def document(self, evidence: Evidence[Subject], about: Subject) -> dict[str, Any]:
        """Return a certificate as a JSON object. Raises InputError when it has no JSON form."""
        written = self.form.to_json(about)
        return {"kind": self.name, "about": written, "evidence": evidence.to_json()}

    def check(self, document: Any) -> list[str]:
        """Return why a JSON value is no certificate of this kind that proves its statement.

        Nothing is trusted: the value must be what :meth:`document` writes of what is read from it,
        key by key, and the evidence must verify itself. Exact; the cost is that of the evidence.
        """
        if not isinstance(document, dict) or set(document) != KEYS:
            return ['expected an object with the keys "kind", "about" and "evidence"']
        if document["kind"] != self.name:
            return [f'kind: expected "{self.name}"']
        try:
            about = self.form.from_json(document["about"])
            evidence = self.read(document["evidence"], about)
            written = self.document(evidence, about)
            for key in ("about", "evidence"):
                if output_text(written[key]) != output_text(document[key]):
                    return [f"{key}: not as it is written"]
        except InputError as error:
            return error.problems
        except LimitReached as error:
            return [str(error)]
        except MALFORMED as error:
            return [f"not of the form of a certificate: {error!r:.200}"]
        return evidence.problems(about)


def about_machine(about: Any, evidence: Any) -> tuple[Any, Any]:
    """Return ``about``, a machine, with all its outputs; and ``evidence`` as it is."""
    return machine_json(MACHINE.from_json(about)), evidence


KINDS: Folder[CertificateKind[Any]] = Folder("KIND", "negeig.proofs_checks.certificates")
"""Every kind by its name, one file each."""


def kind_of(evidence: Evidence[Any]) -> CertificateKind[Any]:
    """Return the kind of a piece of evidence. Raises InputError when there is none for its class.

    Examples
    --------
    >>> from negeig.theory.bounds.witnesses import IdempotentWitness
    >>> kind_of(IdempotentWitness(("a",), ("b",), (), ())).name
    'idempotents'
    """
    found = next((kind for kind in KINDS.values() if type(evidence) is kind.evidence), None)
    if found is None:
        raise InputError("certificate", f"no kind is about {type(evidence).__name__}")
    return found


def check(text: str) -> list[str]:
    """Return why a JSON text is no certificate that proves its statement; nothing where it is one.

    Text of any sort gives problems, never an error.

    Examples
    --------
    >>> check('{"kind": "spectrum", "about": [["0", "-1"], ["1", "0"]], '
    ...       '"evidence": {"kind": "non-real", "trace": ["0", "1"]}}')
    []
    >>> check('{"kind": "spectrum"}')
    ['expected an object with the keys "kind", "about" and "evidence"']
    """
    try:
        document = loads(text)
    except ValueError as error:
        return [f"not valid JSON: {error}"]
    name = document.get("kind") if isinstance(document, dict) else None
    if not isinstance(name, str) or name not in KINDS:
        return [f"kind: expected one of {', '.join(KINDS)}"]
    return KINDS[name].check(document)
