"""Rows of conform for a result that is wrong: its word, and what was raised, on lines of prose."""

from __future__ import annotations

from support.command_line import negeig

KERNEL = """
import torch

def raises(q, k, v, beta):
    raise RuntimeError("first line\\n  second line")

def late(q, k, v, beta, initial_state, scale, output_final_state):
    h, o = initial_state, []
    for t in range(q.shape[1]):
        error = v[:, t].float() - (h * k[:, t, :, :, None].float()).sum(2)
        h = h + k[:, t, :, :, None].float() * (beta[:, t, :, None].float() * error)[:, :, None]
        h = -h if t == 33 else h
        o.append((h * q[:, t, :, :, None].float() * scale).sum(2))
    return torch.stack(o, 1).to(q.dtype), h
"""


def told(capsys, folder, name):
    (folder / "k.py").write_text(KERNEL)
    impl = f"{folder / 'k.py'}:{name}"
    code, out, _ = negeig(capsys, "conform", "(11)*", "--impl", impl, "--dtype", "fp32")
    assert code == 1
    return out


def test_what_was_raised_on_several_lines_is_one_text(capsys, tmp_path):
    out = told(capsys, tmp_path, "raises")
    assert "RuntimeError: first line second line; in a call of" in out.replace("\n", " ")
    assert r"\n" not in out


def test_a_word_is_shown_whole_and_beside_its_label(capsys, tmp_path):
    out = told(capsys, tmp_path, "late")
    assert "after 34 letters expected" in out
    assert f"the word: {'1' * 34}\n" in out
