#!/usr/bin/env python3
"""Checks the rules of the source tree that no compiler checks.

    source_rules.py [ROOT]

Prints every broken rule as `path:line: what is wrong` and exits with 1 if it finds one. A rule is a
table and a function of this file. source_rules_test.py breaks each of them once.
"""

import json
import os
import re
import sys
from pathlib import Path

# --- Who may include whom ------------------------------------------------------------------------

# This check alone keeps the layers apart. The compiler does not: the repository root is on every
# target's include path, so any file can include any header. The linker notices only calls.

# Names for the headers of others. Each pattern matches a whole include path.
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
    "diff": r"dtl/dtl\.hpp",
    "log": r"spdlog/.+",
    "grpc": r"(grpc|grpcpp|google/rpc)/.+",
    "protobuf": r"google/protobuf/.+",
    "messages": r"rope/v1/\w+\.pb\.h",
    "service": r"rope/v1/\w+\.grpc\.pb\.h",
    "posix": r"((sys|arpa|netinet)/\w+|unistd|fcntl|signal|pthread|sched|termios|poll)\.h",
}

# Folder -> what its files may include. The row with the longest matching folder counts. A word
# without a slash is a name of EXTERNAL. A word with a slash is a folder of ours, with a slash at
# its end, or one header of ours.
MAY_INCLUDE = {
    "core/checksum/": "std xxhash core/checksum/",
    "core/json/": "std abseil json core/json/",
    "core/findings/": "std abseil core/json/ core/findings/",
    "core/numerics/": "std abseil mpfr core/numerics/",
    "core/rope_types/": """std abseil core/numerics/ core/rope_types/rope_config.h
        core/rope_types/base_frequencies.h core/rope_types/entries.h core/rope_types/yarn.h
        core/rope_types/formula_terms.h core/rope_types/position_axes.h
        core/rope_types/rope_parameters.h core/rope_types/rope_type.h
        core/rope_types/rope_types.h core/rope_types/spectrum/""",
    "core/rope_types/attention/": """std core/numerics/ core/rope_types/formula_terms.h
        core/rope_types/attention/""",
    "core/rope_types/spectrum/": """std abseil core/numerics/ core/rope_types/entries.h
        core/rope_types/position_axes.h core/rope_types/spectrum/""",
    "core/config/": """std abseil core/json/ core/findings/ core/config/
        core/rope_types/formula_terms.h core/rope_types/position_axes.h core/rope_types/rope_config.h
        core/rope_types/rope_parameters.h core/rope_types/rope_type.h core/rope_types/rope_types.h
        core/rope_types/attention/ core/rope_types/spectrum/""",
    "core/positions/": "std abseil core/json/ core/positions/",
    "core/presets/": "std abseil core/json/ core/config/ core/presets/",
    "core/config/load/": """std abseil core/json/ core/findings/ core/config/load/
        core/rope_types/attention/
        core/rope_types/position_axes.h core/rope_types/rope_type.h core/rope_types/rope_types.h""",
    "core/config/families/": """std abseil core/json/ core/findings/ core/config/load/
        core/config/families/ core/rope_types/rope_config.h core/rope_types/rope_type.h
        core/rope_types/rope_types.h core/rope_types/attention/""",
    "core/config/judge/": """std abseil core/json/ core/findings/ core/config/report.h
        core/config/load/ core/config/judge/ core/rope_types/""",
    "core/table/": "std abseil core/table/",
    "core/plan/": """std abseil xxhash core/numerics/ core/table/ core/plan/
        core/rope_types/position_axes.h core/rope_types/rope_config.h core/rope_types/rope_type.h core/rope_types/rope_types.h
        core/rope_types/spectrum/""",
    "core/dialects/": """std abseil core/json/ core/config/loaded_config.h
        core/config/model_config.h core/config/report.h core/numerics/ core/plan/frequency_plan.h
        core/rope_types/ core/dialects/""",
    "core/backends/": """std abseil simd openmp core/numerics/ core/table/ core/plan/
        core/backends/""",
    "core/sequences/": """std abseil core/table/ core/plan/ core/sequences/
        core/rope_types/rope_config.h core/rope_types/rope_type.h core/rope_types/rope_types.h""",
    "core/rotation/": """std abseil simd core/json/json_value.h core/table/ core/plan/frequency_plan.h
        core/backends/axis_rows.h core/backends/backends.h core/rotation/""",
    "core/validation/": """std abseil core/json/ core/findings/ core/config/ core/presets/
        core/table/ core/plan/ core/validation/
        core/rope_types/rope_config.h core/rope_types/rope_parameters.h
        core/rope_types/rope_types.h""",
    "proto/wire/": """std abseil json protobuf messages proto/wire/
        core/checksum/ core/findings/ core/config/ core/json/ core/plan/frequency_plan.h
        core/positions/ core/presets/
        core/table/ core/validation/""",
    "server/engine/schedule/": "std abseil posix server/engine/schedule/",
    "server/engine/cache/": """std abseil posix core/backends/axis_rows.h core/backends/backend.h core/checksum/ core/plan/
        core/table/ server/engine/schedule/ server/engine/cache/""",
    "server/engine/": """std abseil core/backends/axis_rows.h core/backends/backends.h core/config/
        core/dialects/dialects.h core/json/json_reader.h core/findings/ core/plan/
        core/rotation/family_rotation.h
        core/rope_types/attention/ core/rope_types/rope_types.h core/table/ core/validation/
        server/engine/""",
    "server/rpc/messages/": """std abseil grpc protobuf messages proto/wire/
        core/backends/backends.h core/findings/finding.h core/rope_types/rope_types.h
        core/sequences/sequence_plan.h core/table/ server/engine/ server/rpc/messages/""",
    "server/rpc/embeddings/": """std abseil grpc messages proto/wire/ core/checksum/
        core/findings/finding.h server/engine/ server/rpc/messages/ server/rpc/embeddings/""",
    "server/rpc/rotation/": """std abseil grpc messages proto/wire/ core/json/json_reader.h
        core/findings/finding.h core/rotation/ core/table/ server/engine/ server/rpc/messages/
        server/rpc/rotation/""",
    "server/rpc/": """std abseil grpc protobuf messages service proto/wire/
        core/dialects/dialects.h core/json/json_reader.h core/positions/ core/presets/presets.h
        core/rope_types/attention/ core/sequences/sequence_plan.h server/engine/ server/rpc/""",
    "server/options/": """std abseil cli core/backends/backends.h core/presets/presets.h
        core/table/table_rows.h server/engine/ server/options/""",
    "server/local/": "std grpc server/engine/ server/rpc/ server/local/",
    "server/": "std abseil posix log grpc core/backends/backends.h server/",
    "client/stream/": """std abseil posix grpc protobuf messages proto/wire/config_hash.h proto/wire/convert.h core/checksum/
        core/findings/finding.h core/table/ client/stream/
        client/call_options.h client/chunk_view.h client/rotated_heads.h client/table.h""",
    "client/": """std abseil grpc messages service core/findings/finding.h
        core/sequences/sequence_history.h client/stream/
        client/call_options.h client/chunk_view.h client/rope_client.h client/rotated_heads.h
        client/sequence_batch.h client/table.h client/table_pipeline.h client/table_reader.h""",
    "client/files/": """std abseil posix json zip messages proto/wire/convert.h core/table/
        client/files/""",
    "client/ropectl/": """std abseil posix cli diff json protobuf messages proto/wire/ core/checksum/
        core/config/families/families.h core/config/report.h core/dialects/ core/json/ core/findings/ core/plan/ core/positions/ core/presets/
        core/rotation/ core/sequences/ core/table/ core/validation/
        client/call_options.h client/rope_client.h client/sequence_batch.h client/table_pipeline.h
        client/files/ client/ropectl/ server/local/local_service.h""",
    "client/examples/": "std client/rope_client.h",
}

# (folder, header, reason): headers that the rows above allow and that are still wrong there.
CORE_IS_PURE = "core has no input or output, no clocks and no threads"
MAY_NOT_INCLUDE = [
    ("core/", r"iostream|[iof]stream|sstream|iomanip|filesystem|cstdio", CORE_IS_PURE),
    ("core/", r"chrono|ctime|thread|mutex|shared_mutex|condition_variable|future", CORE_IS_PURE),
    ("core/", r"absl/(time|synchronization|random)/.+", CORE_IS_PURE),
    ("", r"absl/synchronization/.+", "std::mutex instead: the thread sanitizer cannot see Abseil's"),
]

# Only these folders may have OpenMP pragmas, which need no header.
OPENMP_FOLDERS = ("core/backends/", "core/rotation/", "tests/")

# The folders inside each of these must not include each other in a circle. Files that lie directly
# in one of these count as a folder each, a .h and its .cc together.
NO_CIRCLES_IN = ("core/", "core/config/", "server/engine/")

# --- Sizes ---------------------------------------------------------------------------------------

MAX_FILE_LINES = 400  # of the product
MAX_FUNCTION_LINES = 40  # of the product, from the signature to the closing brace
MAX_TEST_FUNCTION_LINES = 70
MAX_FOLDER_FILES = 20  # source files of the product that lie directly in one folder
MAX_DOCUMENT_COLUMNS = 100

# --- Words ---------------------------------------------------------------------------------------

EMPTY_NAME = re.compile(r"(^|[_-])(utils?|common|helpers?|managers?|misc)([_.-]|$)", re.I)

# (what a reader stumbles over, what to write instead). A space in a pattern matches line ends and
# comment marks, too. Comments and strings of code are searched, and all of documents and scripts.
WORDS = [
    (r"where there (?:is|are) no(?:ne|t)?\b", "if there is no ..., without ..."),
    (r"where it is (?:none|not)\b", "if it is not ..."),
    (r"of (?:its|their) own\b", "its own ..., their own ..., separate"),
    (r"\bhang(?:s|ing)? on\b", "depend on"),
    (r"\b(?:go|goes|going|went|gone) on\b(?! top)", "continue"),
    (r"\b(?:its|their|the|a|at|from) begin\b(?!\()", "start, beginning"),
    (r"\banew\b", "again, new"),
    (r"\banswered again\b", "name who answers what"),
    (r"\bthere it is\b", "say where it is"),
    (r"\bbe they\b", "whether they are"),
    (r"\bwhat is more\b", "also"),
    (r"\bmay be no (?:larger|longer|more|wider)\b", "must be at most"),
    (r"\bas (?:it is|they are)(?=[.,;:)])", "unchanged"),
    (r"\bso many\b", "that many, or name the number"),
    (r"\bheld against\b", "compared with"),
    (r"\bsaid of\b", "about"),
    (r"\b(?:is|are) told\b(?! apart)", "says, receives"),
    (r"\bthe others are\b", "name them"),
    (r"(?<![/\w])(?:mis)?judg(?:e[ds]?|ing|e?ments?)\b(?!/)", "validate, check, report"),
    (r"(?<!\")\bverdicts?\b", "finding, report"),  # in quotes it is a key of golden records
    (r"\bsets? of parameters\b", "parameter set"),
    (r"\bstandardis(?:e[ds]?|ing|ation)\b", "standardize, as transformers spells it"),
    (r"\brow kernels?\b", "kernel"),
]

# Cut in two so that this file does not break its own rules.
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|X" r"XX)\b")
SKIPPED_TEST = re.compile(r"\b(GTEST_" r"SKIP|DIS" r"ABLED_)")

# --- The tree ------------------------------------------------------------------------------------

CPP = (".h", ".cc", ".cu")
SOURCES = CPP + (".proto",)
PRODUCT = ("core/", "proto/", "server/", "client/")
FOLDERS_LEFT_OUT = {"build", "__pycache__", "node_modules"}
DATA = ".jsonl"  # golden records: other programs' words
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
        for path in (Path(folder, name) for name in names if not name.endswith(DATA)):
            try:
                texts[path.relative_to(root).as_posix()] = path.read_text(encoding="utf-8")
            except (UnicodeDecodeError, OSError):
                continue  # not text, or a dangling link
    return texts


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


# --- Rules: each takes the root and the texts, and yields (path, line, what is wrong) -------------

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*[<"]([^>"]+)[>"]', re.M)
OPENMP_PRAGMA = re.compile(r"^[ \t]*#[ \t]*pragma[ \t]+omp\b", re.M)


def allowed_includes(path):
    """The row of MAY_INCLUDE for the file `path` as one pattern; None without such a row."""
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
            elif header.endswith(".cc"):
                yield path, line, f"{header}: a source file is not included"
            elif not is_test and not allowed.fullmatch(header):
                yield path, line, f"{header}: not allowed in this folder"
            for folder, pattern, reason in MAY_NOT_INCLUDE:
                if path.startswith(folder) and re.fullmatch(pattern, header):
                    yield path, line, f"{header}: {reason}"
                    break


def unit_of(path, parent):
    """The folder inside `parent` that holds `path`, or the stem of a file directly in `parent`."""
    name, slash, _ = path[len(parent) :].partition("/")
    return parent + (name + slash if slash else name.split(".")[0])


def includes_between_units(texts, parent):
    """(unit, unit) -> the (path, line) of the first include from the one to the other."""
    found = {}
    for path, text in sorted(texts.items()):
        if not (path.startswith(parent) and path.endswith(CPP)):
            continue
        for match in INCLUDE.finditer(text):
            if match[1].startswith(parent):
                ends = unit_of(path, parent), unit_of(match[1], parent)
                if ends[0] != ends[1]:
                    found.setdefault(ends, (path, line_of(text, match.start(1))))
    return found


def shortest_way(edges, start, goal):
    """The nodes of a shortest way from `start` to `goal`; an empty list if there is no way."""
    ways = [[start]]
    seen = {start}
    while ways:
        way = ways.pop(0)
        if way[-1] == goal:
            return way
        for end in sorted(b for a, b in edges if a == way[-1] and b not in seen):
            seen.add(end)
            ways.append(way + [end])
    return []


def circles(root, texts):
    for parent in NO_CIRCLES_IN:
        edges = includes_between_units(texts, parent)
        reported = set()
        for (start, end), (path, line) in sorted(edges.items()):
            way = shortest_way(edges, end, start)
            if way and frozenset(way) not in reported:
                reported.add(frozenset(way))
                yield path, line, "a circle of includes: " + " -> ".join([start] + way)


def openmp_pragmas(root, texts):
    for path, text in texts.items():
        if path.endswith(CPP) and not path.startswith(OPENMP_FOLDERS):
            for match in OPENMP_PRAGMA.finditer(text):
                yield path, line_of(text, match.start()), "OpenMP belongs to core/backends and core/rotation"


def pragma_once(root, texts):
    for path, text in texts.items():
        if path.endswith(".h") and not re.search(r"^#pragma once$", text, re.M):
            yield path, 1, "a header starts with #pragma once"


def file_sizes(root, texts):
    for path, text in texts.items():
        lines = text.count("\n")
        if path.endswith(SOURCES + (".py",)) and not path.startswith("tests/"):
            if lines > MAX_FILE_LINES:
                yield path, lines, f"{lines} lines; at most {MAX_FILE_LINES}"


def folder_sizes(root, texts):
    folders = {}
    for path in texts:
        if path.startswith(PRODUCT) and path.endswith(SOURCES):
            folders.setdefault(str(Path(path).parent), []).append(path)
    for folder, paths in folders.items():
        if len(paths) > MAX_FOLDER_FILES:
            yield folder, 1, f"{len(paths)} source files; at most {MAX_FOLDER_FILES} in one folder"


def names(root, texts):
    for path in texts:
        for part in Path(path).parts:
            if EMPTY_NAME.search(part):
                yield path, 1, f"{part}: the name says nothing"


BLANK = re.compile(r"\S")
CMAKE = (".cmake", "CMakeLists.txt")
CMAKE_PROSE = re.compile(r'#[^\n]*|"[^"]*"')


def blank(text):
    return BLANK.sub("\0", text)


def prose_of(path, text):
    """`text` with all that nobody reads as English blanked out: code and preprocessor lines."""
    if path.endswith(CPP):
        kept = (m for m in NOT_CODE.finditer(text) if not m[0].lstrip().startswith("#"))
    elif path.endswith(CMAKE):
        kept = CMAKE_PROSE.finditer(text)
    else:
        return text
    prose = []
    end = 0
    for match in kept:
        prose += [blank(text[end : match.start()]), match[0]]
        end = match.end()
    return "".join(prose) + blank(text[end:])


BETWEEN_WORDS = r"(?:[\s\"]|//|#)+"
PROSE = CPP + (".proto", ".md", ".py", ".sh", ".cmake", ".txt", ".jsonc")


def phrases(root, texts):
    patterns = [
        (re.compile(pattern.replace(" ", BETWEEN_WORDS), re.I), advice) for pattern, advice in WORDS
    ]
    for path, text in texts.items():
        is_script = text.startswith("#!")
        if path.startswith("tests/lint/source_rules") or not (path.endswith(PROSE) or is_script):
            continue
        prose = prose_of(path, text)
        for pattern, advice in patterns:
            for match in pattern.finditer(prose):
                found = " ".join(re.split(BETWEEN_WORDS, match[0]))
                yield path, line_of(text, match.start()), f'"{found}": write instead: {advice}'


def words(root, texts):
    for path, text in texts.items():
        for match in UNFINISHED.finditer(text):
            yield path, line_of(text, match.start()), f"{match[0]}: finish it, or open an issue"
        if path.startswith("tests/"):
            for match in SKIPPED_TEST.finditer(text):
                yield path, line_of(text, match.start()), f"{match[0]}: a test runs, or is deleted"


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
    """Whether the text before a brace, from the end of the last statement, is a signature."""
    closed = "(" in head and head.count("(") == head.count(")")
    return closed and not INITIALISER.search(head)


def function_spans(text):
    """First and last line of every outermost function, with its signature."""
    code = NOT_CODE.sub(lambda match: "\n" * match[0].count("\n"), text)
    depth = 0
    statement = 0  # offset of the current statement
    function = None  # (first line, depth) of the current function
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
            is_test = path.startswith("tests/")
            limit = MAX_TEST_FUNCTION_LINES if is_test else MAX_FUNCTION_LINES
            for first, last in function_spans(text):
                lines = last - first + 1
                if lines > limit:
                    yield path, first, f"a function of {lines} lines; at most {limit}"


# --- Documents name only what exists -------------------------------------------------------------

TOOL = re.compile(r"(?<![\w./-])((?:tools|\.ci)/[\w-]+)(?![\w./-])")
PROGRAM = re.compile(r"\bbuild/[\w-]+/bin/(\w+)")
PRESET = re.compile(r"--preset[ =]([\w-]+)")
LINK = re.compile(r"\]\((?!\w+:|#)([^)#\s]+)")
PATH_IN_QUOTES = re.compile(r"`((?:core|proto|server|client|tests|docs|cmake)/[\w./-]+)`")


def matches(root, path):
    """Whether `path` exists; "a/b" may also stand for the pair a/b.h and a/b.cc."""
    return Path(root, path).exists() or any(True for _ in Path(root).glob(path + ".*"))


LINK_TARGET = re.compile(r"\]\([^)]*\)|<?https?://\S+")


def document_columns(root, texts):
    """Lines of documents, without tables, code blocks and the targets of links."""
    for path, text in texts.items():
        if not path.endswith(".md"):
            continue
        in_code = False
        for number, line in enumerate(text.split("\n"), 1):
            if line.lstrip().startswith("```"):
                in_code = not in_code
            columns = len(LINK_TARGET.sub("", line))
            if not in_code and not line.startswith("|") and columns > MAX_DOCUMENT_COLUMNS:
                yield path, number, f"{columns} columns; at most {MAX_DOCUMENT_COLUMNS}"


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
    circles,
    openmp_pragmas,
    pragma_once,
    file_sizes,
    folder_sizes,
    function_sizes,
    names,
    words,
    phrases,
    run_bits,
    document_columns,
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
