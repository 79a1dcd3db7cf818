"""The formulas in real arithmetic, from the papers, by mpmath. Every result is rounded once.

`parameters` is what torch_worker.py reports about a loaded model:
    rope_type                 "default", "linear", ...
    rope_parameters           the parameter set after loading
    head_dim                  channels of one attention head
    max_position_embeddings   the length that the configuration states, or None
    truncate                  whether yarn's range is rounded to whole dimensions
    rotary_class              the class that transformers computes with
    lanes                     the number of frequencies
Each number of the configuration counts as the double to which it is parsed. The constants 2 pi, 0.1
and 0.001 are real numbers.
"""

from mpmath import ceil, cos, floor, log, mp, mpf, pi, sin, sqrt

mp.prec = 260  # bits

# YaRN adds this to an upper bound that equals the lower one. It is 0.001 as a real number.
YARN_STEP = mpf(1) / 1000
# The slope of YaRN's attention factor, 0.1 as a real number.
YARN_SLOPE = mpf(1) / 10
YARN_BETA_FAST = 32
YARN_BETA_SLOW = 1


def powers(base, dim):
    """base^(2i/dim) for every frequency i."""
    return [base ** (mpf(2 * i) / dim) for i in range((dim + 1) // 2)]


def default(parameters, dim, seq_len):
    theta = mpf(parameters["rope_parameters"]["rope_theta"])
    inverse = [1 / power for power in powers(theta, dim)]
    return in_class_order(inverse, parameters), mpf(1)


def in_class_order(inv_freq, parameters):
    """The frequencies in the order in which the class of the model keeps them."""
    if parameters["rotary_class"] == "PixtralVisionRotaryEmbedding":
        return inv_freq[0::2] + inv_freq[1::2]
    if parameters["rotary_class"].startswith("Ernie4_5_VL"):
        height, width, time = parameters["rope_parameters"].get("mrope_section", [22, 22, 20])
        space = inv_freq[: height + width]
        return space[0::2] + space[1::2] + inv_freq[-time:]
    return inv_freq


def linear(parameters, dim, seq_len):
    values = parameters["rope_parameters"]
    factor = mpf(values["factor"])
    return [1 / power / factor for power in powers(mpf(values["rope_theta"]), dim)], mpf(1)


def proportional(parameters, dim, seq_len):
    values = parameters["rope_parameters"]
    rotated = int(values.get("partial_rotary_factor", 1.0) * dim // 2)
    factor = mpf(values.get("factor", 1.0))
    inverse = [1 / power / factor for power in powers(mpf(values["rope_theta"]), dim)]
    return inverse[:rotated] + [mpf(0)] * (dim // 2 - rotated), mpf(1)


def dynamic(parameters, dim, seq_len):
    values = parameters["rope_parameters"]
    length = mpf(parameters["max_position_embeddings"])
    current = max(length, mpf(seq_len)) if seq_len is not None else length
    factor = mpf(values["factor"])
    stretch = (factor * current / length - (factor - 1)) ** (mpf(dim) / (dim - 2))
    return [1 / power for power in powers(mpf(values["rope_theta"]) * stretch, dim)], mpf(1)


def ntk_alpha(parameters, dim, seq_len):
    values = parameters["rope_parameters"]
    stretch = mpf(values["alpha"]) ** (mpf(dim) / (dim - 2))
    return [1 / power for power in powers(mpf(values["rope_theta"]) * stretch, dim)], mpf(1)


def yarn(parameters, dim, seq_len):
    values = parameters["rope_parameters"]
    original = mpf(values["original_max_position_embeddings"])
    factor = values["factor"]
    factor = mpf(parameters["max_position_embeddings"]) / original if factor is None else mpf(factor)
    low, high = yarn_range(values, dim, original, parameters["truncate"])
    if low == high:
        high += YARN_STEP
    inverse = []
    for i, power in enumerate(powers(mpf(values["rope_theta"]), dim)):
        interpolated = min(max((i - low) / (high - low), mpf(0)), mpf(1))
        inverse.append(interpolated / (factor * power) + (1 - interpolated) / power)
    return inverse, yarn_attention_factor(values, factor)


def yarn_range(values, dim, original, truncate):
    """The first and the last dimension that are interpolated in part."""

    def dimension_of(rotations):
        return dim * log(original / (rotations * 2 * pi)) / (2 * log(mpf(values["rope_theta"])))

    low = dimension_of(mpf(values.get("beta_fast") or YARN_BETA_FAST))
    high = dimension_of(mpf(values.get("beta_slow") or YARN_BETA_SLOW))
    if truncate:
        low, high = floor(low), ceil(high)
    return max(low, mpf(0)), min(high, mpf(dim - 1))


def yarn_attention_factor(values, factor):
    def scale(mscale):
        return 1 + YARN_SLOPE * mscale * log(factor) if factor > 1 else mpf(1)

    if values.get("attention_factor") is not None:
        return mpf(values["attention_factor"])
    if values.get("mscale") and values.get("mscale_all_dim"):
        return scale(mpf(values["mscale"])) / scale(mpf(values["mscale_all_dim"]))
    return scale(mpf(1))


def longrope(parameters, dim, seq_len):
    values = parameters["rope_parameters"]
    original = mpf(values["original_max_position_embeddings"])
    is_long = seq_len is not None and seq_len > original
    # PhiMoE's tables always use the short list; its init function, which this records, does not.
    factors = values["long_factor" if is_long else "short_factor"]
    every_power = powers(mpf(values["rope_theta"]), dim)
    inverse = [1 / (mpf(factor) * power) for factor, power in zip(factors, every_power, strict=True)]
    return inverse, longrope_attention_factor(parameters, original)


def longrope_attention_factor(parameters, original):
    values = parameters["rope_parameters"]
    if values.get("attention_factor") is not None:
        return mpf(values["attention_factor"])
    factor = values.get("factor")
    factor = mpf(parameters["max_position_embeddings"]) / original if factor is None else mpf(factor)
    return sqrt(1 + log(factor) / log(original)) if factor > 1 else mpf(1)


def llama3(parameters, dim, seq_len):
    values = parameters["rope_parameters"]
    original = mpf(values["original_max_position_embeddings"])
    low, high = mpf(values["low_freq_factor"]), mpf(values["high_freq_factor"])
    factor = mpf(values["factor"])
    inverse = []
    for power in powers(mpf(values["rope_theta"]), dim):
        wavelength = 2 * pi * power
        frequency = 1 / (power * factor) if wavelength > original / low else 1 / power
        if original / high <= wavelength <= original / low:
            smooth = (original / wavelength - low) / (high - low)
            frequency = (1 - smooth) * frequency / factor + smooth * frequency
        inverse.append(frequency)
    return inverse, mpf(1)


FORMULAS = {
    "axial": default,
    "default": default,
    "dynamic": dynamic,
    "linear": linear,
    "llama3": llama3,
    "longrope": longrope,
    "ntk_alpha": ntk_alpha,
    "proportional": proportional,
    "yarn": yarn,
}
WHOLE_HEAD = ("proportional", "ntk_alpha")


def rotary_dim(parameters):
    """d of the exponent 2i/d.

    Some classes honour partial_rotary_factor with type default and others do not. The number of
    lanes that transformers made tells which.
    """
    head_dim, lanes = parameters["head_dim"], parameters["lanes"]
    if parameters["rope_type"] in WHOLE_HEAD:
        return head_dim
    if parameters["rope_type"] == "axial":
        return 2 * lanes
    partial = parameters["rope_parameters"].get("partial_rotary_factor") or 1.0
    rotated = int(head_dim * partial)
    return rotated if (rotated + 1) // 2 == lanes else head_dim


def frequencies(parameters, seq_len):
    """The real inv_freq and attention factor, as lists of mpf and mpf."""
    formula = FORMULAS[parameters["rope_type"]]
    return formula(parameters, rotary_dim(parameters), seq_len)


def cos_sin(angle):
    return cos(angle), sin(angle)
