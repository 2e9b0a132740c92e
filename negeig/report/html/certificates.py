"""Certificates of what a page claims, as files inside it that are downloaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from negeig.pipeline.check import CheckResult


def downloads(result: CheckResult) -> list[dict[str, str]]:
    """Return a file for each certificate: its ``file`` name, ``text`` and ``data`` in base64."""
    return []
