"""The words of certificates, and of what is assumed of implementations."""

from __future__ import annotations

from negeig.pipeline.parts.term import Term

CERTIFICATE_TERMS = (
    Term(
        "verified",
        "What checker.py says of a certificate whose every step it took again and found right. The"
        " claim then holds of the machine, network and arithmetic that it prints, under the"
        " assumptions that you permitted.",
        "docs/certificates.md",
    ),
    Term(
        "not verified",
        "What checker.py says of a well-formed certificate that does not show its claim, which may"
        " be true all the same, or that needs an assumption that was not permitted: --permit ID.",
        "docs/certificates.md",
    ),
    Term(
        "malformed",
        "What checker.py says of a file that is no certificate, with the place: cut short, altered,"
        " of another schema, or asking for more work than its bytes are worth.",
        "docs/certificates.md",
    ),
    Term(
        "no form",
        "What another checker, Coq, an SMT solver or a model checker, has no form for: it says"
        " nothing of the certificate, for or against it.",
        "docs/other-checkers.md",
    ),
    Term(
        "assumption",
        "What a verdict rests on and does not show, named beside it: exact states, that an"
        " implementation does what was recorded. A certificate lists them, and is verified only"
        " for who permits each.",
        "docs/certificates.md",
        ("assumptions", "assumes", "permit", "permitted"),
    ),
    Term(
        "recorded",
        "The assumption that an implementation does what was recorded of it: a stranger cannot run"
        " your kernel on your device. What follows from the record is computed again.",
        "docs/conform.md",
    ),
    Term(
        "deterministic",
        "The assumption that an implementation gives the same bits again for the same call. It is"
        " tested with further calls, and a test is no proof.",
        "docs/conform.md",
    ),
    Term(
        "batch_independent",
        "The assumption that the bits of a row do not depend on the other rows of its call, or on"
        " how many they are. It is tested with further calls, and a test is no proof.",
        "docs/conform.md",
    ),
    Term(
        "split_is_whole",
        "The assumption that many letters in one call give the bits of as many calls of one letter."
        " It is tested with further calls, and a test is no proof.",
        "docs/conform.md",
    ),
    Term(
        "equivalence",
        "A kind of certificate: two machines have the same output on every word. Pairs of their"
        " states are listed that letters lead to, and the outputs of each pair are equal.",
        "docs/certificates.md",
        ("equivalent machines",),
    ),
    Term(
        "inequivalence",
        "A kind of certificate: a word on which the outputs of two machines differ.",
        "docs/certificates.md",
    ),
    Term(
        "infeasibility",
        "A kind of certificate: no contractive layer has affinely independent points for the"
        " states. It gives an affine dependence that the points of any such layer would have.",
        "docs/theory/contraction.md",
        ("semidefinite refusal",),
    ),
)
