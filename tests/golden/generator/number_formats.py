"""Numbers as the golden files hold them: bit patterns in hexadecimal, highest byte first."""

import struct

import mpmath

# Bits of the significand and exponent of the smallest subnormal number.
FLOAT32 = (24, -149)
FLOAT64 = (53, -1074)


def float32_bits(value):
    return struct.pack(">f", value).hex()


def float64_bits(value):
    return struct.pack(">d", value).hex()


def from_float32_bits(bits):
    return struct.unpack(">f", bytes.fromhex(bits))[0]


def round_once(value, number_format):
    """The number of the format that is nearest to the real `value`, ties to even, as a float.

    REQUIRES a value that does not overflow the format.
    """
    significand_bits, smallest_exponent = number_format
    if value == 0:
        return 0.0
    exponent = max(mpmath.frexp(value)[1] - significand_bits, smallest_exponent)
    return float(mpmath.ldexp(nearest_integer(mpmath.ldexp(value, -exponent)), exponent))


def nearest_integer(value):
    """The integer nearest to the real `value`, ties to even."""
    below = mpmath.floor(value)
    rest = value - below
    odd = int(below) % 2 == 1
    return below + 1 if rest > 0.5 or (rest == 0.5 and odd) else below
