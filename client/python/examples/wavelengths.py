"""Draws a model's wavelengths, and those of another configuration. Needs matplotlib.

    python wavelengths.py qwen2.5-7b-yarn qwen2.5-7b --out wavelengths.png
"""

import argparse

import numpy as np

import rope_service


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("configs", nargs="+", help="files, folders or names of presets")
    parser.add_argument("--server", default="127.0.0.1:50051")
    parser.add_argument("--out", default="wavelengths.png")
    arguments = parser.parse_args()

    import matplotlib.pyplot as plt

    with rope_service.connect(arguments.server) as client:
        for config in arguments.configs:
            for one in client.frequencies(config):
                label = f"{config} {one.layer_type} ({one.rope_type})"
                plt.semilogy(2 * np.pi / one.inv_freq, label=label)
    plt.xlabel("frequency")
    plt.ylabel("wavelength in positions")
    plt.legend()
    plt.savefig(arguments.out)


if __name__ == "__main__":
    main()
