# cmake -DOUTPUT=FILE -DTEXT=FILE -DHEADER=HEADER -DFUNCTION=NAME -P EmbedText.cmake
# Writes a source file with the function NAME that HEADER declares: it returns the text of a file.
file(READ ${TEXT} text)
file(WRITE ${OUTPUT} "// Generated from ${TEXT}.
#include \"${HEADER}\"

namespace rope {

absl::string_view ${FUNCTION}() { return R\"TEXT(${text})TEXT\"; }

}  // namespace rope
")
