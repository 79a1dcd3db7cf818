"""Random batches of text, images, videos and padding, as the models' processors would make them."""

import dataclasses

TEXT, IMAGE, VIDEO = 0, 1, 2
SECONDS = (0.3, 0.4, 0.5, 1.0, 1 / 3)


@dataclasses.dataclass(frozen=True)
class Family:
    """What decides how a family's tokens look."""

    folder: str  # of transformers/models
    cls: str
    frames_apart: bool = False  # each frame of a video has its run of tokens
    has_video: bool = True
    new_lines: bool = False  # each row of cells ends with one more token
    marked_by: str = "types"  # what says which tokens are images: "types", "start", "start and end"
    seconds: str = ""  # the argument with the seconds of videos


FAMILIES = {
    "cohere_compass": Family("cohere_compass", "CohereCompassModel", frames_apart=True),
    "cosmos3_edge": Family("cosmos3_edge", "Cosmos3EdgeModel", frames_apart=True),
    "cosmos3_omni": Family("cosmos3_omni", "Cosmos3OmniModel", frames_apart=True),
    "ernie4_5_vl_moe": Family("ernie4_5_vl_moe", "Ernie4_5_VLMoeModel"),
    "glm46v": Family("glm46v", "Glm46VModel", frames_apart=True),
    "glm4v": Family("glm4v", "Glm4vModel", frames_apart=True),
    "glm4v_moe": Family("glm4v_moe", "Glm4vMoeModel", frames_apart=True),
    "glm_image": Family("glm_image", "GlmImageModel", has_video=False, marked_by="start and end"),
    "glm_ocr": Family("glm_ocr", "GlmOcrModel", frames_apart=True),
    "hunyuan_vl": Family("hunyuan_vl", "HunYuanVLModel", has_video=False, new_lines=True),
    "hy_v4_vl": Family("hy_v4_vl", "HYV4VLModel", new_lines=True),
    "paddleocr_vl": Family("paddleocr_vl", "PaddleOCRVLModel"),
    "qwen2_5_omni_thinker": Family(
        "qwen2_5_omni",
        "Qwen2_5OmniThinkerForConditionalGeneration",
        marked_by="start",
        seconds="second_per_grids",
    ),
    "qwen2_5_vl": Family("qwen2_5_vl", "Qwen2_5_VLModel", seconds="second_per_grid_ts"),
    "qwen2_vl": Family("qwen2_vl", "Qwen2VLModel"),
    "qwen3_5": Family("qwen3_5", "Qwen3_5Model", frames_apart=True),
    "qwen3_5_moe": Family("qwen3_5_moe", "Qwen3_5MoeModel", frames_apart=True),
    "qwen3_omni_moe_thinker": Family(
        "qwen3_omni_moe",
        "Qwen3OmniMoeThinkerForConditionalGeneration",
        marked_by="start",
        seconds="second_per_grids",
    ),
    "qwen3_vl": Family("qwen3_vl", "Qwen3VLModel", frames_apart=True),
    "qwen3_vl_moe": Family("qwen3_vl_moe", "Qwen3VLMoeModel", frames_apart=True),
    "qwen4_exp": Family("qwen4_exp", "Qwen4ExpModel", frames_apart=True),
}

# Ids of special tokens; other tokens have smaller ones.
TOKENS = {
    "image_token_id": 9001,
    "video_token_id": 9002,
    "vision_start_token_id": 9003,
    "vision_end_token_id": 9004,
    "audio_token_id": 9005,
    "audio_start_token_id": 9006,
    "image_start_token_id": 9007,
    "image_end_token_id": 9008,
}


def random_config(name, rng):
    """A config.json with the values that get_rope_index reads."""
    config = {
        "model_type": name,
        "vision_config": {
            "spatial_merge_size": rng.choice([1, 2, 2, 4]),
            "temporal_merge_size": rng.choice([1, 2, 3]),
            "tokens_per_second": rng.choice([2, 3, 4, 7, 25]),
        },
        "position_id_per_seconds": rng.choice([2, 13, 25]),
        "seconds_per_chunk": 2,
        **TOKENS,
    }
    if name == "hunyuan_vl":
        sections = rng.choice([[24, 20, 20], [16, 16, 16, 16]])
        config["text_config"] = {"rope_parameters": {"mrope_section": sections}}
    return config


class Batch:
    """The rows of a batch while they are made."""

    def __init__(self, family, config, rng):
        self.family, self.rng = family, rng
        self.vision = config["vision_config"]
        self.rows = []  # a row is a list of (token, type)
        self.grids = {IMAGE: [], VIDEO: []}
        self.seconds = []
        self.images_per_row = []

    def text(self, row, least=0):
        row += [(self.rng.randint(10, 900), TEXT) for _ in range(self.rng.randint(least, 4))]

    def runs(self, kind, frames, rows, columns):
        """The numbers of tokens of the runs that the grid makes."""
        merge = self.vision["spatial_merge_size"]
        if self.family.marked_by == "start and end":
            merge = 1
        cells = (rows // merge) * (columns // merge + self.family.new_lines)
        if kind == VIDEO and self.family.frames_apart:
            return [cells] * frames
        if kind == VIDEO and self.family.cls == "Ernie4_5_VLMoeModel":
            frames //= self.vision["temporal_merge_size"]
        ends = self.rng.choice([0, 2]) if self.family.cls == "HunYuanVLModel" else 0
        return [cells * frames + ends]

    def picture(self, row):
        kind = self.rng.choice([IMAGE, VIDEO]) if self.family.has_video else IMAGE
        merge = self.vision["spatial_merge_size"]
        frames = 1
        if kind == VIDEO:
            frames = self.rng.randint(self.vision["temporal_merge_size"], 6)
        rows, columns = (merge * self.rng.randint(1, 5) for _ in range(2))
        if self.family.marked_by == "types" and self.rng.random() < 0.2:
            rows += self.rng.randrange(merge)  # sizes that the merge does not divide
        self.grids[kind].append([frames, rows, columns])
        if kind == VIDEO:
            self.seconds.append(self.rng.choice([*SECONDS, round(3 * self.rng.random(), 4)]))
        for size in self.runs(kind, frames, rows, columns):
            self.run(row, kind, size)
            self.text(row, least=0)

    def run(self, row, kind, size):
        token = TOKENS["image_token_id" if kind == IMAGE else "video_token_id"]
        if self.family.marked_by == "types":
            if row and row[-1][1] == kind:
                self.text(row, least=1)
            row += [(token, kind)] * size
            return
        prefix = "image" if self.family.marked_by == "start and end" else "vision"
        row.append((TOKENS[f"{prefix}_start_token_id"], TEXT))
        row += [(token, TEXT)] * size
        row.append((TOKENS[f"{prefix}_end_token_id"], TEXT))

    def add_row(self, pictures):
        row = []
        self.text(row)
        before = len(self.grids[IMAGE])
        for _ in range(pictures):
            self.picture(row)
        if self.family.cls == "GlmImageModel" and pictures and self.rng.random() < 0.6:
            row.append((TOKENS["image_start_token_id"], TEXT))  # pictures to generate
            for _ in range(self.rng.randint(1, 2)):
                self.grids[IMAGE].append([1, self.rng.randint(1, 4), self.rng.randint(1, 4)])
        if not row:
            self.text(row, least=1)
        self.images_per_row.append(len(self.grids[IMAGE]) - before)
        self.rows.append(row)

    def padded(self):
        """Tokens, types and mask, all as long as the longest row; padding may be anywhere."""
        length = max(map(len, self.rows)) + self.rng.randint(0, 2)
        tokens, types, masks = [], [], []
        for row in self.rows:
            mask = [1] * len(row) + [0] * (length - len(row))
            side = self.rng.choice(["left", "right", "anywhere"])
            if side == "left":
                mask.reverse()
            elif side == "anywhere":
                self.rng.shuffle(mask)
            entries = iter(row)
            full = [next(entries) if kept else (0, TEXT) for kept in mask]
            tokens.append([token for token, _ in full])
            types.append([kind for _, kind in full])
            masks.append(mask)
        return tokens, types, masks


def random_batch(name, rng):
    """A configuration, and arguments of get_rope_index that fit each other."""
    family = FAMILIES[name]
    config = random_config(name, rng)
    batch = Batch(family, config, rng)
    has_pictures = rng.random() < 0.9
    for _ in range(rng.randint(1, 3)):
        batch.add_row(rng.randint(0, 4) if has_pictures else 0)
    tokens, types, masks = batch.padded()
    inputs = {"input_ids": tokens, "attention_mask": masks}
    inputs["image_grid_thw"] = batch.grids[IMAGE] or None
    if family.has_video:
        inputs["video_grid_thw"] = batch.grids[VIDEO] or None
    if family.marked_by == "types":
        inputs["mm_token_type_ids"] = types
    if family.seconds and batch.grids[VIDEO]:
        if family.marked_by == "start" or rng.random() < 0.7:
            inputs[family.seconds] = batch.seconds
    if family.cls == "GlmImageModel" and batch.grids[IMAGE]:
        inputs["images_per_sample"] = batch.images_per_row
    return config, inputs
