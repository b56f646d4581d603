"""JUnit XML, as Jenkins, Azure and others read it: a test suite a file, a failed test case a finding.

Elements and attributes are those that the strictest reader takes: Jenkins' xUnit plugin, ``junit-10.xsd``.
"""

from __future__ import annotations

import re
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from . import Finding, Report

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(report: Report) -> str:
    """An XML document; a run without findings has one test, which passed. Infos are passed tests with output."""
    suites = [_suite(path, list(group)) for path, group in groupby(report.findings, lambda f: f.spot.path)]
    if not suites:
        suites = ['  <testsuite name="fslint" tests="1" failures="0" errors="0">\n'
                  '    <testcase name="no findings" classname="fslint"/>\n  </testsuite>\n']  # fmt: skip
    failures = sum(finding.severity != "info" for finding in report.findings)
    tests = max(len(report.findings), 1)
    head = f'<testsuites name="fslint" tests="{tests}" failures="{failures}" errors="0">\n'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{head}{"".join(suites)}</testsuites>\n'


def _suite(path: str, found: list[Finding]) -> str:
    failures = sum(finding.severity != "info" for finding in found)
    head = f'  <testsuite name={_attribute(path)} tests="{len(found)}" failures="{failures}" errors="0">\n'
    return f"{head}{''.join(map(_case, found))}  </testsuite>\n"


def _case(finding: Finding) -> str:
    spot = finding.spot
    name = _attribute(f"{finding.code} {finding.name} (line {spot.line}, column {spot.column})")
    lines = [f"{spot.path}:{spot.line}:{spot.column}: {finding.message}"]
    lines += [f"help: {finding.help}"] if finding.help else []
    lines += [f"{related.path}:{related.line}:{related.column}: {message}" for related, message in finding.related]
    text = escape(_xml("\n".join(lines)))
    if finding.severity == "info":
        inner = f"      <system-out>{text}</system-out>\n"
    else:
        message = _attribute(finding.message)
        inner = f"      <failure type={_attribute(finding.severity)} message={message}>{text}</failure>\n"
    return f"    <testcase name={name} classname={_attribute(spot.path)}>\n{inner}    </testcase>\n"


def _attribute(text: str) -> str:
    return quoteattr(_xml(text))


def _xml(text: str) -> str:
    return _NOT_XML.sub("�", text)
