"""Compiles the .proto files of the API into the package.

The package holds one set of descriptors and no generated code, so it works with every release of
protobuf that it allows.
"""

import pathlib
import shutil

from setuptools import setup
from setuptools.command.build_py import build_py
from setuptools.command.sdist import sdist

HERE = pathlib.Path(__file__).resolve().parent
# A source distribution has a copy of the files, a checkout has them at its top.
PROTO = HERE / "proto" if (HERE / "proto").is_dir() else HERE.parent.parent / "proto"


def compile_protos(output: pathlib.Path) -> None:
    """Writes the descriptors of all files of the API to `output`."""
    from grpc_tools import protoc  # only a build needs it

    files = sorted(str(path.relative_to(PROTO)) for path in PROTO.glob("rope/v1/*.proto"))
    includes = [f"-I{PROTO}", f"-I{pathlib.Path(protoc.__file__).parent / '_proto'}"]
    arguments = ["protoc", *includes, "--include_imports", f"--descriptor_set_out={output}", *files]
    if protoc.main(arguments) != 0:
        raise SystemExit("the .proto files cannot be compiled")


class BuildPy(build_py):
    """Adds the descriptors to what is built."""

    def run(self) -> None:
        super().run()
        editable = getattr(self, "editable_mode", False)
        folder = HERE / "src" if editable else pathlib.Path(self.build_lib)
        compile_protos(folder / "rope_service" / "rope_v1.binpb")


class Sdist(sdist):
    """Adds the .proto files to a source distribution."""

    def make_release_tree(self, base_dir: str, files: "list[str]") -> None:
        super().make_release_tree(base_dir, files)
        shutil.copytree(
            PROTO / "rope", pathlib.Path(base_dir) / "proto" / "rope", dirs_exist_ok=True
        )


setup(cmdclass={"build_py": BuildPy, "sdist": Sdist})
