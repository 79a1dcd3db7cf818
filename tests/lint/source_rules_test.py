#!/usr/bin/env python3
"""Breaks every rule of source_rules.py once, in a small tree: a lint must be able to fail."""

import os
import tempfile
import unittest
from pathlib import Path

import source_rules

# A tree that keeps every rule.
GOOD = {
    "CMakePresets.json": '{"configurePresets": [{"name": "release"}]}',
    "server/CMakeLists.txt": "add_executable(rope_server main.cc)\n",
    "tools/test": "#!/bin/sh\nctest\n",
    "README.md": "Run `tools/test`, then build/release/bin/rope_server; see [core](core/table/dtype.h).\n"
    "cmake --preset release\n`core/table/dtype` holds the formats.\n",
    "core/table/dtype.h": "#pragma once\n#include <cstdint>\n",
    "core/table/dtype.cc": '#include "core/table/dtype.h"\n\n#include "absl/strings/str_cat.h"\n',
    "core/numerics/pow.cc": "#include <mpfr.h>\n",
    "core/backends/cpu.cc": "#include <omp.h>\n#pragma omp parallel\nvoid F() {\n}\n",
    "core/config/one/a.h": "#pragma once\n",
    "core/config/two/b.cc": '#include "core/config/one/a.h"\n',
    "core/config/two/b.h": "#pragma once\n",
    "core/config/answer.h": "#pragma once\n",
    "core/config/config.cc": '#include "core/config/two/b.h"\n#include "core/config/answer.h"\n',
    "core/json/reader.cc": '#include "rapidjson/reader.h"\n',
    "server/engine/cache.cc": '#include <mutex>\n\n#include "core/table/dtype.h"\n',
    "server/rpc/service.cc": '#include "grpcpp/grpcpp.h"\n#include "rope/v1/tensor.pb.h"\n',
    "proto/wire/convert.cc": '#include "rope/v1/tensor.pb.h"\n',
    "client/client.cc": '#include "rope/v1/rope_service.grpc.pb.h"\n#include "client/stream/call.h"\n',
    "tests/core/table/dtype_test.cc": '#include <thread>\n#include "core/table/dtype.h"\n',
}
EXECUTABLE = {"tools/test"}


def function_of(lines):
    return "void F() {\n" + "  G();\n" * (lines - 2) + "}\n"


# What is wrong -> (file, its text, a part of the message). Each is added to GOOD alone.
BAD = {
    "core, messages": ("core/table/a.cc", '#include "rope/v1/tensor.pb.h"\n', "not allowed"),
    "core, protobuf": ("core/table/a.cc", "#include <google/protobuf/arena.h>\n", "not allowed"),
    "core, gRPC": ("core/backends/a.cc", "#include <grpcpp/grpcpp.h>\n", "not allowed"),
    "core, logging": ("core/config/a.cc", '#include "spdlog/spdlog.h"\n', "not allowed"),
    "core, iostream": ("core/table/a.cc", "#include <iostream>\n", "core has no input"),
    "core, fstream": ("core/config/a.cc", "# include <fstream>\n", "core has no input"),
    "core, clock": ("core/rope_types/a.cc", "#include <chrono>\n", "core has no input"),
    "core, thread": ("core/backends/a.cc", "#include <thread>\n", "core has no input"),
    "core, absl time": ("core/table/a.cc", '#include "absl/time/clock.h"\n', "core has no input"),
    "JSON outside config": ("core/table/a.cc", '#include "rapidjson/writer.h"\n', "not allowed"),
    "MPFR outside numerics": ("core/backends/a.cc", "#include <mpfr.h>\n", "not allowed"),
    "OpenMP outside backends": ("core/table/a.cc", "#include <omp.h>\n", "not allowed"),
    "OpenMP pragma": ("server/engine/a.cc", "#pragma omp parallel for\n", "OpenMP belongs"),
    "another type's file": (
        "core/rope_types/yarn.cc",
        '#include "core/rope_types/llama3.h"\n',
        "not allowed",
    ),
    "type, backend": (
        "core/rope_types/yarn.cc",
        '#include "core/backends/backend.h"\n',
        "not allowed",
    ),
    "backend, type": (
        "core/backends/a.cc",
        '#include "core/rope_types/rope_types.h"\n',
        "not allowed",
    ),
    "core, server": ("core/table/a.cc", '#include "server/engine/cache.h"\n', "not allowed"),
    "engine, gRPC": ("server/engine/a.cc", "#include <grpcpp/grpcpp.h>\n", "not allowed"),
    "engine, messages": ("server/engine/a.cc", '#include "rope/v1/tensor.pb.h"\n', "not allowed"),
    "engine, wire": ("server/engine/a.cc", '#include "proto/wire/convert.h"\n', "not allowed"),
    "engine, rpc": ("server/engine/a.cc", '#include "server/rpc/service.h"\n', "not allowed"),
    "server, messages": ("server/main.cc", '#include "rope/v1/tensor.pb.h"\n', "not allowed"),
    "wire, service": (
        "proto/wire/a.cc",
        '#include "rope/v1/rope_service.grpc.pb.h"\n',
        "not allowed",
    ),
    "wire, server": ("proto/wire/a.cc", '#include "server/engine/cache.h"\n', "not allowed"),
    "client, server": ("client/a.cc", '#include "server/engine/cache.h"\n', "not allowed"),
    "client, backends": ("client/a.cc", '#include "core/backends/cpu.h"\n', "not allowed"),
    "absl mutex": ("server/engine/a.cc", '#include "absl/synchronization/mutex.h"\n', "std::mutex"),
    "relative include": ("core/table/a.cc", '#include "dtype.h"\n', "repository root"),
    "included source": ("core/table/a.cc", '#include "core/table/b.cc"\n', "source file"),
    "unknown folder": ("extra/a.cc", "", "no row of MAY_INCLUDE"),
    "no pragma once": ("core/table/a.h", "#include <string>\n", "#pragma once"),
    "long file": ("core/table/a.cc", "\n" * 401, "401 lines"),
    "long function": ("core/table/a.cc", function_of(41), "a function of 41 lines"),
    "long test": ("tests/core/a_test.cc", function_of(71), "a function of 71 lines"),
    "circle of folders": (
        "core/config/one/c.cc",
        '#include "core/config/two/b.h"\n',
        "core/config/one/ -> core/config/two/ -> core/config/one/",
    ),
    "circle through a file": (
        "core/config/answer.cc",
        '#include "core/config/config.h"\n',
        "core/config/answer -> core/config/config -> core/config/answer",
    ),
    "long line": ("docs/a.md", "word " * 20 + "w\n", "101 columns"),
    "long line with a link": ("docs/a.md", "word " * 19 + "[links](../README.md)\n", "columns"),
    "long method": (
        "core/table/a.cc",
        "namespace a {\nclass B {\n" + function_of(75) + "};\n}\n",
        "a function of 75 lines",
    ),
    "long constructor": (
        "core/table/a.cc",
        "B::B(int c)\n    : c_(c) {" + function_of(80)[len("void F() {") :],
        "a function of 81 lines",
    ),
    "util": ("core/table/string_util.h", "#pragma once\n", "says nothing"),
    "common folder": ("server/common/a.md", "", "says nothing"),
    "manager": ("server/cache-manager.md", "", "says nothing"),
    "unfinished": ("docs/plan.md", "TO" "DO: write this\n", "finish it"),
    "skipped test": ("tests/a_test.cc", 'GTEST_' 'SKIP() << "later";\n', "a test runs"),
    "disabled test": ("tests/a_test.cc", "TEST(A, DIS" "ABLED_B) {}\n", "a test runs"),
    "no run bit": ("tools/build", "#!/bin/sh\n", "without its run bit"),
    "no such tool": ("docs/a.md", "Run `tools/deploy` now.\n", "no such command"),
    "no such program": ("docs/a.md", "build/release/bin/rope_sever\n", "no target builds it"),
    "no such preset": ("docs/a.md", "ctest --preset relase\n", "no such preset"),
    "dead link": ("docs/a.md", "[text](missing.md)\n", "leads nowhere"),
    "no such file": ("docs/a.md", "in `core/table/dtyp.h`\n", "no such file"),
}

# A sentence for every row of source_rules.WORDS, in the same order.
PHRASES = [
    "null where there is none",
    "null where it is not a number",
    "a thread of its own",
    "bits hang on the host",
    "the stream goes on",
    "offsets count from its begin",
    "made anew",
    "requests that are answered again",
    "there it is: the block",
    "all blocks, be they cached or not",
    "what is more, it is fast",
    "chunks may be no larger than a MiB",
    "the text is kept as it is.",
    "one out of so many",
    "values held against a limit",
    "what is said of a model",
    "each watcher is told",
    "the others are null",
    "Judges a configuration",
    "first a verdict",
    "one set of parameters",
    "standardised twice",
    "Row kernels: the inner loop",
]

# Looks broken but is not.
FINE = {
    "40 lines": ("core/table/a.cc", function_of(40)),
    "70 lines of a test": ("tests/core/a_test.cc", function_of(70)),
    "a phrase in code": ("core/table/a.cc", "int judge = a.begin(anew);\n#define A verdict\n"),
    "a phrase in CMake's code": ("docs/CMakeLists.txt", "add_subdirectory(judge)\n"),
    "a phrase in a path": ("docs/a.md", "core/config/judge/ and core/judge/a\n"),
    "phrases that are fine": ("docs/a.md", "Told apart, they go on top. As it is late, begin.\n"),
    "100 columns": ("docs/a.md", "word " * 19 + "words\n"),
    "a wide table": ("docs/a.md", "|" + "word " * 30 + "|\n"),
    "a wide code block": ("docs/a.md", "```\n" + "word " * 30 + "\n```\n"),
    "a long link": ("docs/a.md", "word " * 17 + "[text](../core/../core/../README.md)\n"),
    "a table is not a function": ("core/table/a.cc", "const int kA[] = {\n" + "  1,\n" * 90 + "};\n"),
    "nor is a call's argument": ("core/table/a.cc", "auto a = F({\n" + "  1,\n" * 90 + "});\n"),
    "braces in text": ("core/table/a.cc", "char a = '{';\nauto b = \"{(\";\n// f() {\n" + "\n" * 90),
    "raw strings": ("core/table/a.cc", 'auto a = R"(f() {\n' + "\n" * 90 + ')";\n'),
    "long test file": ("tests/core/a_test.cc", "\n" * 900),
    "commonly": ("docs/commonly_asked.md", ""),
    "what lies in a build folder": ("my_build/CMakeCache.txt", "TO" "DO"),
}


class SourceRulesTest(unittest.TestCase):
    def broken(self, extra):
        with tempfile.TemporaryDirectory() as folder:
            for path, text in {**GOOD, **extra}.items():
                file = Path(folder, path)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text)
                os.chmod(file, 0o755 if path in EXECUTABLE else 0o644)
            root = Path(folder)
            return source_rules.broken_rules(root, source_rules.read_tree(root))

    def test_a_good_tree_breaks_nothing(self):
        self.assertEqual(self.broken({}), [])

    def test_every_broken_rule_is_found_and_nothing_else(self):
        for what, (path, text, message) in BAD.items():
            with self.subTest(what):
                found = self.broken({path: text})
                self.assertEqual([f[0] for f in found], [path])
                self.assertIn(message, found[0][2])

    def test_what_only_looks_broken_is_not_found(self):
        for what, (path, text) in FINE.items():
            with self.subTest(what):
                self.assertEqual(self.broken({path: text}), [])

    def test_every_phrase_is_found_in_comments_strings_and_documents(self):
        self.assertEqual(len(PHRASES), len(source_rules.WORDS))
        for phrase, (_, advice) in zip(PHRASES, source_rules.WORDS):
            wrapped = phrase.replace(" ", "\n// ")
            texts = {
                "docs/a.md": phrase + "\n",
                "core/table/a.cc": f"// {wrapped}\n",
                "core/table/b.cc": f'const char kA[] = "{phrase}";\n',
                "proto/rope/v1/a.proto": f"// {phrase}\n",
            }
            for path, text in texts.items():
                with self.subTest(phrase, path=path):
                    found = self.broken({path: text})
                    self.assertEqual([f[0] for f in found], [path])
                    self.assertIn(advice, found[0][2])

    def test_a_folder_of_the_product_has_at_most_twenty_source_files(self):
        files = {f"core/numerics/a{i}.cc": "" for i in range(19)}  # and pow.cc, which is GOOD
        self.assertEqual(self.broken(files), [])
        self.assertEqual(self.broken({**files, "core/numerics/README.md": ""}), [])
        found = self.broken({**files, "core/numerics/b.cc": ""})
        self.assertEqual([f[0] for f in found], ["core/numerics"])
        self.assertIn("21 source files", found[0][2])
        tests = {f"tests/core/numerics/a{i}_test.cc": "" for i in range(30)}
        self.assertEqual(self.broken(tests), [])

    def test_a_run_bit_needs_an_interpreter(self):
        EXECUTABLE.add("docs/a.md")
        self.addCleanup(EXECUTABLE.discard, "docs/a.md")
        self.assertEqual(len(self.broken({"docs/a.md": "text\n"})), 1)

    def test_the_line_is_named(self):
        found = self.broken({"core/table/a.cc": "\n\n#include <iostream>\n"})
        self.assertEqual(found[0][:2], ("core/table/a.cc", 3))


if __name__ == "__main__":
    unittest.main()
