// How a server read a configuration, as ropectl prints it beside what was computed.
#pragma once

#include "client/ropectl/output/json_output.h"
#include "rope/v1/dialect.pb.h"
#include "rope/v1/resolution.pb.h"

namespace rope::ropectl {

// The members "family", "text_model_path" (null: the whole document was read), "warnings" (codes),
// "assumed" ([{"name","value","source"}]) and "preset_unverified".
void WriteReading(const v1::Reading& reading, JsonOutput* json);

// The same as lines. Only the family is printed if there is nothing to doubt.
void PrintReading(const v1::Reading& reading);

// The member "dialect": {"name","version","transformers_version","engine_class",
// "position_divisor","softmax_scale_factor","first_position","table_rows" (null: not known),
// "interleaved_pairs","guess","notes"}.
void WriteDialect(const v1::DialectResolution& dialect, JsonOutput* json);

// The same as lines, without what is the same in every program.
void PrintDialect(const v1::DialectResolution& dialect);

// What was given beside the configuration: the members "inv_freq_given" and "lane_scale_given".
void WriteGiven(const v1::Resolution& resolution, JsonOutput* json);

// The same as a line; nothing if nothing was given.
void PrintGiven(const v1::Resolution& resolution);

// What the model's attention has beside the tables: the member "attention_scaling", null or
// {"softmax_scale_factor","queries": null or {"beta","interval","first","layers_without_rope"}}.
void WriteAttentionScaling(const v1::Resolution& resolution, JsonOutput* json);

// The same as lines; nothing if there is nothing.
void PrintAttentionScaling(const v1::Resolution& resolution);

}  // namespace rope::ropectl
