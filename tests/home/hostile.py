"""Payloads that mean no good: bytes, broken JSON, and announcements with wrong types in the right places."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

ODD: list[Any] = [
    None, True, False, 0, -1, 3, 255, 1e308, 10**30, "", " ", "x", "ON", "off", "~", "~/s", "a/b", "a/#", "+",
    "$SYS/x", "json",
    "all", "heat", "sensor", "switch", "{{ value }}", "{{ value_json.a }}", "{{ value_json.a|int }}",
    "{{ value|default(1e9)|round(3) }}", "{% raw %}",
    "\u0000",
    "\u202eabc", "<script>alert(1)</script>", "'; DROP TABLE", "x" * 300, "1e999", "12", "é", "💡", [], {}, [[]],
    ["a"], [1],
    {"a": 1}, {"name": "Desk"}, {"name": 5}, {"sa": "<b>"}, {"ids": ["x"]}, [{"topic": "a/b"}], [{"t": 5}],
    [{"t": "~/a"}],
    {"p": "switch", "cmd_t": "q/set"}, {"one": {"p": "light", "cmd_t": "q/set"}, "two": 7}, ["heat", "off"], ["xy"],
    ["rgb", 3],
    {"r": 1, "g": "x", "b": None}, {"x": 9, "y": -1}, {"h": 900, "s": "1e400"},
]
KEYS = [
    "name", "uniq_id", "obj_id", "~", "cmd_t", "stat_t", "val_tpl", "avty", "avty_t", "avty_mode", "avty_tpl", "dev",
    "dev_cla",
    "schema", "brightness", "bri_scl", "bri_cmd_t", "bri_stat_t", "bri_val_tpl", "rgb_cmd_t", "rgb_stat_t",
    "hs_stat_t", "xy_stat_t",
    "clr_temp_cmd_t", "clr_temp_stat_t", "sup_clrm", "min_mirs", "max_mirs", "pl_on", "pl_off", "pl_open", "pl_stop",
    "pos_t",
    "set_pos_t", "pos_open", "pos_clsd", "modes", "mode_cmd_t", "mode_stat_t", "temp_cmd_t", "temp_stat_t", "temp_unit",
    "min_temp", "max_temp", "temp_step", "stat_locked", "code_format", "unit_of_meas", "cmps", "opt", "ret", "en",
    "ent_cat",
    "pct_cmd_t", "pct_stat_t", "pct_val_tpl", "pct_cmd_tpl", "spd_rng_min", "spd_rng_max", "pr_modes", "pr_mode_cmd_t",
    "osc_cmd_t", "osc_stat_t", "dir_cmd_t", "dir_stat_t", "speeds", "volume_max", "volume_state_topic", "title_topic",
    "state", "color", "color_temp", "color_mode", "a", "state_topic", "command_topic", "device", "on_cmd_type",
]


def _body(basis: bool, changes: list[tuple[str, Any]]) -> bytes:
    start = {"cmd_t": "q/set", "stat_t": "q/state", "name": "odd"} if basis else {}
    return json.dumps({**start, **dict(changes)}).encode()


_changes = st.lists(st.tuples(st.sampled_from(KEYS), st.sampled_from(ODD)), max_size=6)
payloads: st.SearchStrategy[bytes] = st.one_of(
    st.builds(_body, st.booleans(), _changes),
    st.builds(_body, st.just(True), _changes),
    st.binary(max_size=60),
    st.builds(lambda body, cut: body[:cut], st.builds(_body, st.just(True), _changes), st.integers(0, 40)),
    st.sampled_from([
        b"", b"[" * 5000, b'{"a":' * 500, b"NaN", b"-Infinity", b"1" * 5000, b"\xff\xfe\x00", b'"\\ud800"',
        b"\x00" * 100, b"ON",
        b"online", b"None", b"x" * 70_000, b" " * 300_000, b'{"name": "\\ud800", "cmd_t": "c"}', "\u202e".encode(),
        b"50", b"1,2,3",
    ]),
)
"""One payload, for any topic."""
