#!/usr/bin/env python3
"""Keeps docs/adding.md true: it names the places where one of each kind really is.

For each kind there is an example below, which somebody once added. Two things must hold:
  - every file of the product that knows the example is a place on the page, or lies in one;
  - every place on the page exists, and those in the product know the example.
Items of the page with the word "if", and lists after a paragraph that starts with "If", are only
sometimes needed. Such places must exist, nothing more.
"""

import functools
import re
import unittest
from collections import namedtuple
from pathlib import Path

import source_rules

ROOT = Path(__file__).resolve().parents[2]
PAGE = "docs/adding.md"

# name: stands in for <name> on the page. marks: what the code that knows the example contains,
# outside comments.
Example = namedtuple("Example", "name marks")
EXAMPLES = {
    # A value in a configuration text, which follows a colon, is no knowledge of the type.
    "A rope type": Example("llama3", r'(?<!:)(?<!: )"llama3"|\w+Llama3\b|\bllama3\.cc\b'),
    "A finding": Example("ROPE-W102", r"ROPE-W102|\bkFactorBelowOne\b"),
    "A preset": Example("gemma-2-9b", r"gemma-2-9b"),
    "A family": Example("deepseek_v4", r'"deepseek_v4"|DeepseekV4|\bdeepseek_v4\.cc\b'),
    "A family with several position axes": Example(
        "hunyuan_vl", r"\bHunYuanVlPositions\b|\bhunyuan_vl\.cc\b"
    ),
    "A backend": Example("reference", r'"reference"|\w*ReferenceBackend\b|\breference\.cc\b'),
    "A kernel": Example("sse4", r'"sse4"|\w+Sse4\b|\bkernel_sse4\.cc\b'),
}

# Files that contain a mark for another reason: file -> the reason.
EXCEPTIONS = {
    "core/backends/cpu/cpu.cc": "the cpu backend takes its hard rows from the backend reference",
}

Place = namedtuple("Place", "path is_needed")
COMMENT = re.compile(r'"(?:\\.|[^"\\\n])*"|//[^\n]*|/\*.*?\*/', re.S)
ITEM = re.compile(r"^\d+\. `([^`]+)`(.*?)(?=^\S|\Z)", re.M | re.S)


def section(page, heading):
    """The text below `## heading` up to the next heading; "" if there is none."""
    match = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", page, re.M | re.S)
    return match[1] if match else ""


def places(text, name):
    """The places that a section lists, with `name` for <name>."""
    always, *sometimes = re.split(r"^If ", text, maxsplit=1, flags=re.M)
    found = []
    for part, is_always in [(always, True)] + [(part, False) for part in sometimes]:
        for path, rest in ITEM.findall(part):
            is_needed = is_always and not re.search(r"\bif\b", rest)
            found.append(Place(path.replace("<name>", name).rstrip("/"), is_needed))
    return found


@functools.lru_cache(maxsize=None)
def code_of(path, text):
    """`text` without comments."""
    if not path.endswith(source_rules.SOURCES + (".inc",)):
        return text
    return COMMENT.sub(lambda match: match[0] if match[0].startswith('"') else " ", text)


def knowing_files(texts, marks):
    """The files of the product that know an example."""
    return [
        path
        for path, text in texts.items()
        if path.startswith(source_rules.PRODUCT)
        and not path.startswith("client/python/tests/")
        and not path.endswith(".json")  # values, no code
        and path not in EXCEPTIONS
        and re.search(marks, code_of(path, text))
    ]


def knows(texts, place, example):
    """Whether the file, or a file in the folder, has the example in its text or its name."""
    mark = re.compile(f"{example.marks}|{re.escape(example.name)}", re.I)
    return any(
        mark.search(path) or mark.search(text)
        for path, text in texts.items()
        if path == place or path.startswith(place + "/")
    )


def wrong_places(texts, page, headings=tuple(EXAMPLES)):
    """What is wrong with these sections of the page, one sentence each."""
    for heading in headings:
        example = EXAMPLES[heading]
        listed = places(section(page, heading), example.name)
        if not listed:
            yield f'{heading}: no numbered list of places under "## {heading}"'
        for path in knowing_files(texts, example.marks):
            if not any(path == place.path or path.startswith(place.path + "/") for place in listed):
                yield f"{heading}: {path} knows {example.name}, and the page does not list it"
        for place in listed:
            exists = place.path in texts or any(p.startswith(place.path + "/") for p in texts)
            if not exists and not (ROOT / place.path).exists():
                yield f"{heading}: {place.path} does not exist"
            elif place.is_needed and place.path.startswith(source_rules.PRODUCT):
                if not knows(texts, place.path, example):
                    yield f"{heading}: {place.path} does not know {example.name}"


class AddingTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.texts = source_rules.read_tree(ROOT)
        cls.page = cls.texts[PAGE]

    def test_the_page_lists_the_real_places(self):
        self.assertEqual(list(wrong_places(self.texts, self.page)), [])

    def test_every_example_is_known_somewhere(self):
        for heading, example in EXAMPLES.items():
            with self.subTest(heading):
                self.assertTrue(knows(self.texts, "core", example))

    def test_a_place_that_the_page_lacks_is_found(self):
        for heading, example in EXAMPLES.items():
            known = set(knowing_files(self.texts, example.marks))
            for place in places(section(self.page, heading), example.name):
                if place.path not in known:
                    continue
                with self.subTest(heading, place=place.path):
                    written = place.path.replace(example.name, "<name>")
                    text = section(self.page, heading)
                    shorter = text.replace(f"`{written}`", "`tools/test`").replace(
                        f"`{place.path}`", "`tools/test`"
                    )
                    wrong = list(wrong_places(self.texts, self.page.replace(text, shorter), [heading]))
                    self.assertEqual(len(wrong), 1)
                    self.assertIn(f"{place.path} knows {example.name}", wrong[0])

    def test_a_place_that_does_not_exist_is_found(self):
        text = section(self.page, "A kernel")
        page = self.page.replace(text, text + "9. `core/x.cc`: it\n")
        wrong = list(wrong_places(self.texts, page, ["A kernel"]))
        self.assertEqual(wrong, ["A kernel: core/x.cc does not exist"])

    def test_a_new_place_in_the_code_is_found(self):
        for heading, text in {
            "A rope type": 'if (type == "llama3") return;',
            "A finding": "Report(FindingId::kFactorBelowOne);",
            "A family": 'const bool is_new = model_type == "deepseek_v4";',
            "A family with several position axes": "return HunYuanVlPositions(settings, arguments);",
            "A backend": 'if (name == "reference") return;',
            "A kernel": "FillRowsSse4(form);",
        }.items():
            with self.subTest(heading):
                texts = {**self.texts, "client/new.cc": f"// A comment.\n{text}\n"}
                wrong = list(wrong_places(texts, self.page, [heading]))
                self.assertEqual(len(wrong), 1, wrong)
                self.assertIn(f"{heading}: client/new.cc knows", wrong[0])


if __name__ == "__main__":
    unittest.main()
