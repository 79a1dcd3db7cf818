// How a server read a configuration, as ropectl prints it beside what was computed.
#pragma once

#include "client/ropectl/output/json_output.h"
#include "rope/v1/resolution.pb.h"

namespace rope::ropectl {

// The members "family", "text_model_path" (null: the whole document was read), "warnings" (codes),
// "assumed" ([{"name","value","source"}]) and "preset_unverified".
void WriteReading(const v1::Reading& reading, JsonOutput* json);

// The same as lines. Only the family is printed if there is nothing to doubt.
void PrintReading(const v1::Reading& reading);

// What was given beside the configuration: the members "inv_freq_given" and "lane_scale_given".
void WriteGiven(const v1::Resolution& resolution, JsonOutput* json);

// The same as a line; nothing if nothing was given.
void PrintGiven(const v1::Resolution& resolution);

}  // namespace rope::ropectl
