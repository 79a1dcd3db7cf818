# cmake -DOUTPUT=FILE -DMODELS=A;B;... -P EmbedPresets.cmake
# Writes a source file with the texts of the JSON files A, B, ...
set(source "// Generated from core/presets/models.\n#include \"core/presets/preset_texts.h\"\n\n")
string(APPEND source "namespace rope {\nnamespace {\n\nconstexpr absl::string_view kTexts[] = {\n")
foreach(model ${MODELS})
  file(READ ${model} text)
  string(APPEND source "R\"PRESET(${text})PRESET\",\n")
endforeach()
string(APPEND source "};\n\n}  // namespace\n\n")
string(APPEND source "absl::Span<const absl::string_view> PresetTexts() { return kTexts; }\n\n}  // namespace rope\n")
file(WRITE ${OUTPUT} "${source}")
