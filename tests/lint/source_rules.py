#!/usr/bin/env python3
"""Holds the rules of the source tree that no compiler holds.

    source_rules.py [ROOT]

prints every broken rule as `path:line: what is wrong` and exits with 1 if there is one. The rules
are the tables below and one function each; source_rules_test.py breaks every one of them.
"""

import json
import os
import re
import sys
from pathlib import Path

# --- Who may include whom ------------------------------------------------------------------------

# Names for what is not ours; each pattern matches a whole include path.
EXTERNAL = {
    "std": r"[a-z_0-9]+",
    "abseil": r"absl/.+",
    "json": r"rapidjson/.+",
    "mpfr": r"mpfr\.h",
    "simd": r"(cpuid|immintrin|arm_neon)\.h",
    "openmp": r"omp\.h",
    "xxhash": r"xxh(ash|_x86dispatch)\.h",
    "zip": r"zip\.h",
    "cli": r"CLI/.+",
    "log": r"spdlog/.+",
    "grpc": r"(grpc|grpcpp|google/rpc)/.+",
    "protobuf": r"google/protobuf/.+",
    "messages": r"rope/v1/\w+\.pb\.h",
    "service": r"rope/v1/\w+\.grpc\.pb\.h",
    "posix": r"((sys|arpa|netinet)/\w+|unistd|fcntl|signal|pthread|sched|termios|poll)\.h",
}

# Folder -> what its files may include; the longest folder that fits counts. A word without a slash
# is a name of EXTERNAL; the others are ours, a folder (slash at the end) or one header.
MAY_INCLUDE = {
    "core/checksum/": "std xxhash core/checksum/",
    "core/json/": "std abseil json core/json/",
    "core/findings/": "std abseil core/json/ core/findings/",
    "core/numerics/": "std abseil mpfr core/numerics/",
    "core/rope_types/": """std abseil core/numerics/ core/rope_types/rope_config.h
        core/rope_types/base_frequencies.h core/rope_types/entries.h
        core/rope_types/rope_type.h core/rope_types/rope_types.h""",
    "core/config/": """std abseil core/json/ core/findings/ core/config/
        core/rope_types/rope_config.h core/rope_types/rope_type.h core/rope_types/rope_types.h""",
    "core/presets/": "std abseil core/json/ core/config/ core/presets/",
    "core/table/": "std abseil core/table/",
    "core/plan/": """std abseil xxhash core/numerics/ core/table/ core/plan/
        core/rope_types/rope_config.h core/rope_types/rope_type.h core/rope_types/rope_types.h""",
    "core/backends/": """std abseil simd openmp core/numerics/ core/table/ core/plan/
        core/backends/""",
    "core/validation/": """std abseil core/json/ core/findings/ core/config/ core/presets/
        core/table/ core/plan/ core/validation/
        core/rope_types/rope_config.h core/rope_types/rope_type.h core/rope_types/rope_types.h""",
    "proto/wire/": """std abseil json protobuf messages proto/wire/
        core/findings/ core/config/ core/presets/ core/table/ core/validation/""",
    "server/engine/schedule/": "std abseil posix server/engine/schedule/",
    "server/engine/cache/": """std abseil posix core/backends/backend.h core/checksum/ core/plan/
        core/table/ server/engine/schedule/ server/engine/cache/""",
    "server/engine/": """std abseil core/backends/backends.h core/config/ core/findings/ core/plan/
        core/rope_types/rope_types.h core/table/ core/validation/ server/engine/""",
    "server/rpc/messages/": """std abseil grpc protobuf messages proto/wire/
        core/backends/backends.h core/findings/finding.h core/rope_types/rope_types.h core/table/
        server/engine/ server/rpc/messages/""",
    "server/rpc/embeddings/": """std abseil grpc messages proto/wire/ core/checksum/
        core/findings/finding.h server/engine/ server/rpc/messages/ server/rpc/embeddings/""",
    "server/rpc/": """std abseil grpc protobuf messages service proto/wire/
        core/presets/presets.h server/engine/ server/rpc/""",
    "server/options/": """std abseil cli core/backends/backends.h core/presets/presets.h
        core/table/table_rows.h server/engine/ server/options/""",
    "server/": "std abseil posix log grpc core/backends/backends.h server/",
    "client/": """std abseil posix cli json zip grpc protobuf messages service
        proto/wire/ core/checksum/ core/json/ core/findings/ core/config/ core/presets/ core/table/
        core/validation/ client/""",
}

# Header -> why the files of a folder may not include it although its words above would allow it.
CORE_IS_PURE = "core has no input or output, no clocks and no threads"
MAY_NOT_INCLUDE = [
    ("core/", r"iostream|[iof]stream|sstream|iomanip|filesystem|cstdio", CORE_IS_PURE),
    ("core/", r"chrono|ctime|thread|mutex|shared_mutex|condition_variable|future", CORE_IS_PURE),
    ("core/", r"absl/(time|synchronization|random)/.+", CORE_IS_PURE),
    ("", r"absl/synchronization/.+", "std::mutex instead: the thread sanitizer cannot see Abseil's"),
]

# OpenMP needs no header: its pragmas stand in these folders only.
OPENMP_FOLDERS = ("core/backends/", "tests/")

# --- Sizes and words -----------------------------------------------------------------------------

MAX_FILE_LINES = 400  # outside tests/
MAX_FUNCTION_LINES = 70
EMPTY_NAME = re.compile(r"(^|[_-])(utils?|common|helpers?|managers?|misc)([_.-]|$)", re.I)

# Cut in two so that this file does not break its own rules.
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|X" r"XX)\b")
SKIPPED_TEST = re.compile(r"\b(GTEST_" r"SKIP|DIS" r"ABLED_)")

# --- The tree ------------------------------------------------------------------------------------

CPP = (".h", ".cc", ".cu")
FOLDERS_LEFT_OUT = {"build", "__pycache__", "node_modules", "golden"}
DOT_FOLDERS = {".ci"}


def read_tree(root):
    """Path -> text of every text file under `root`; paths are relative, with forward slashes."""
    texts = {}
    for folder, folders, names in os.walk(root):
        if "CMakeCache.txt" in names:  # a build folder, whatever it is called
            folders.clear()
            continue
        folders[:] = [
            f for f in folders if f in DOT_FOLDERS or not (f.startswith(".") or f in FOLDERS_LEFT_OUT)
        ]
        for path in (Path(folder, name) for name in names):
            try:
                texts[path.relative_to(root).as_posix()] = path.read_text(encoding="utf-8")
            except (UnicodeDecodeError, OSError):
                continue  # not text, or a dangling link
    return texts


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


# --- Rules: each takes the root and the texts and yields (path, line, what is wrong) ---------------

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*[<"]([^>"]+)[>"]', re.M)
OPENMP_PRAGMA = re.compile(r"^[ \t]*#[ \t]*pragma[ \t]+omp\b", re.M)


def allowed_includes(path):
    """The row of MAY_INCLUDE for the file `path` as one pattern; None where no folder fits."""
    folders = [folder for folder in MAY_INCLUDE if path.startswith(folder)]
    if not folders:
        return None
    patterns = []
    for word in MAY_INCLUDE[max(folders, key=len)].split():
        if word in EXTERNAL:
            patterns.append(EXTERNAL[word])
        else:
            patterns.append(re.escape(word) + (".+" if word.endswith("/") else ""))
    return re.compile("|".join(patterns))


def includes(root, texts):
    for path, text in texts.items():
        if not path.endswith(CPP):
            continue
        is_test = path.startswith("tests/")
        allowed = allowed_includes(path)
        if allowed is None and not is_test:
            yield path, 1, "no row of MAY_INCLUDE covers this folder"
            continue
        for match in INCLUDE.finditer(text):
            header, line = match[1], line_of(text, match.start(1))
            if header not in texts and (Path(root, path).parent / header).exists():
                yield path, line, f"{header}: includes are written from the repository root"
            elif not is_test and not allowed.fullmatch(header):
                yield path, line, f"{header}: not allowed in this folder"
            for folder, pattern, reason in MAY_NOT_INCLUDE:
                if path.startswith(folder) and re.fullmatch(pattern, header):
                    yield path, line, f"{header}: {reason}"
                    break


def openmp_pragmas(root, texts):
    for path, text in texts.items():
        if path.endswith(CPP) and not path.startswith(OPENMP_FOLDERS):
            for match in OPENMP_PRAGMA.finditer(text):
                yield path, line_of(text, match.start()), "OpenMP belongs to core/backends"


def pragma_once(root, texts):
    for path, text in texts.items():
        if path.endswith(".h") and not re.search(r"^#pragma once$", text, re.M):
            yield path, 1, "a header starts with #pragma once"


def file_sizes(root, texts):
    for path, text in texts.items():
        lines = text.count("\n")
        if path.endswith(CPP + (".proto", ".py")) and not path.startswith("tests/"):
            if lines > MAX_FILE_LINES:
                yield path, lines, f"{lines} lines; at most {MAX_FILE_LINES}"


def names(root, texts):
    for path in texts:
        for part in Path(path).parts:
            if EMPTY_NAME.search(part):
                yield path, 1, f"{part}: the name says nothing"


def words(root, texts):
    for path, text in texts.items():
        for match in UNFINISHED.finditer(text):
            yield path, line_of(text, match.start()), f"{match[0]}: finish it, or open an issue"
        if path.startswith("tests/"):
            for match in SKIPPED_TEST.finditer(text):
                yield path, line_of(text, match.start()), f"{match[0]}: a test runs or is not there"


def run_bits(root, texts):
    for path, text in texts.items():
        executable = os.access(Path(root, path), os.X_OK)
        if text.startswith("#!") and not executable:
            yield path, 1, "a script without its run bit"
        if executable and not text.startswith("#!"):
            yield path, 1, "a run bit, but nothing says what runs it"


# What is not code of a C++ file: raw strings, comments, strings, characters, preprocessor lines.
NOT_CODE = re.compile(
    r'R"(?P<mark>[^(\s]*)\(.*?\)(?P=mark)"'
    r"|//[^\n]*|/\*.*?\*/"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9A-Za-z_])'(?:\\.|[^'\\\n])+'"
    r"|^[ \t]*#(?:\\\n|[^\n])*",
    re.S | re.M,
)
INITIALISER = re.compile(r"=[^=()]*$")


def is_function_head(head):
    """Whether the text between the end of the last statement and a brace is a function's signature."""
    closed = "(" in head and head.count("(") == head.count(")")
    return closed and not INITIALISER.search(head)


def function_spans(text):
    """First and last line of every outermost function body, the signature counted."""
    code = NOT_CODE.sub(lambda match: "\n" * match[0].count("\n"), text)
    depth = 0
    statement = 0  # where the current statement began
    function = None  # (first line, depth) of the function we are in
    for brace in re.finditer(r"[{};]", code):
        if brace[0] == "{":
            head = code[statement : brace.start()]
            if function is None and is_function_head(head):
                first = statement + len(head) - len(head.lstrip())
                function = (line_of(code, first), depth)
            depth += 1
        elif brace[0] == "}":
            depth -= 1
            if function is not None and depth == function[1]:
                yield function[0], line_of(code, brace.start())
                function = None
        statement = brace.end()


def function_sizes(root, texts):
    for path, text in texts.items():
        if path.endswith(CPP):
            for first, last in function_spans(text):
                if last - first + 1 > MAX_FUNCTION_LINES:
                    lines = last - first + 1
                    yield path, first, f"a function of {lines} lines; at most {MAX_FUNCTION_LINES}"


# --- Documents say what is there -----------------------------------------------------------------

TOOL = re.compile(r"(?<![\w./-])((?:tools|\.ci)/[\w-]+)(?![\w./-])")
PROGRAM = re.compile(r"\bbuild/[\w-]+/bin/(\w+)")
PRESET = re.compile(r"--preset[ =]([\w-]+)")
LINK = re.compile(r"\]\((?!\w+:|#)([^)#\s]+)")
PATH_IN_QUOTES = re.compile(r"`((?:core|proto|server|client|tests|docs|cmake)/[\w./-]+)`")


def matches(root, path):
    """Whether `path` is there, as it is or, for a .h and .cc pair, without its suffix."""
    return Path(root, path).exists() or any(True for _ in Path(root).glob(path + ".*"))


def documents(root, texts):
    built = set()
    for path, text in texts.items():
        if path.endswith("CMakeLists.txt"):
            built.update(re.findall(r"\badd_executable\(\s*(\w+)", text))
    presets = {p["name"] for p in json.loads(texts["CMakePresets.json"])["configurePresets"]}
    for path, text in texts.items():
        if not path.endswith(".md"):
            continue
        for match in TOOL.finditer(text):
            if not (os.access(Path(root, match[1]), os.X_OK) or Path(root, match[1]).is_dir()):
                yield path, line_of(text, match.start()), f"{match[1]}: there is no such command"
        for match in PROGRAM.finditer(text):
            if match[1] not in built:
                yield path, line_of(text, match.start()), f"{match[1]}: no target builds it"
        for match in PRESET.finditer(text):
            if match[1] not in presets:
                yield path, line_of(text, match.start()), f"{match[1]}: there is no such preset"
        for match in LINK.finditer(text):
            if not (Path(root, path).parent / match[1]).exists():
                yield path, line_of(text, match.start()), f"{match[1]}: the link leads nowhere"
        for match in PATH_IN_QUOTES.finditer(text):
            if not matches(root, match[1].rstrip("/")):
                yield path, line_of(text, match.start()), f"{match[1]}: there is no such file"


RULES = (
    includes,
    openmp_pragmas,
    pragma_once,
    file_sizes,
    function_sizes,
    names,
    words,
    run_bits,
    documents,
)


def broken_rules(root, texts):
    return sorted(found for rule in RULES for found in rule(root, texts))


def main(arguments):
    root = Path(arguments[1]) if len(arguments) > 1 else Path(__file__).resolve().parents[2]
    texts = read_tree(root)
    found = broken_rules(root, texts)
    for path, line, message in found:
        print(f"{path}:{line}: {message}")
    print(f"{len(found)} broken rules in {len(texts)} files")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
