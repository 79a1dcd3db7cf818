#include "client/ropectl/options.h"

#include <cstring>

#include "CLI/CLI.hpp"
#include "client/ropectl/report.h"
#include "core/table/dtype.h"
#include "core/table/layout.h"
#include "core/table/numeric_profile.h"

namespace rope::ropectl {
namespace {

constexpr char kDescription[] =
    "ropectl asks a rope_server for rotary position embeddings of a model's config.json.";
constexpr char kFooter[] =
    "\nExit codes: 0 fine, 1 the configuration is bad, 2 usage, 3 server or transport.\n"
    "Example: is this configuration right, and what are its tables?\n"
    "  ropectl validate config.json\n"
    "  ropectl table --config config.json --positions 0:8192 --out tables.npz\n"
    "\"ropectl COMMAND --help\" says more about each command.";

// The names of a list of the core, for help texts and checks.
template <typename Value>
std::vector<std::string> Names(absl::Span<const Value> values, absl::string_view (*name)(Value)) {
  std::vector<std::string> names;
  for (Value value : values) names.emplace_back(name(value));
  return names;
}

void AddServer(CLI::App* command, Options* options) {
  command->add_option("--server", options->server, "Server, HOST:PORT or unix:PATH")
      ->envname("ROPE_SERVER")
      ->capture_default_str();
  command->add_option("--timeout", options->timeout_seconds, "Seconds for the call; 0: no limit")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command->add_flag("--json", options->json, "Print one JSON document instead of text");
}

void AddConfig(CLI::App* command, Options* options) {
  command
      ->add_option(
          "--config", options->config,
          "The model's config.json as it is; -: standard input; preset:NAME: a known model")
      ->required();
  command->add_flag("--strict", options->strict, "Warnings refuse the configuration, as errors do");
}

void AddLocal(CLI::App* command, Options* options) {
  command->add_flag("--local", options->local, "Answer here, without a server: the same library");
}

void AddResolution(CLI::App* command, Options* options) {
  command->add_option("--layer-type", options->layer_type,
                      "Layer type, where the model has several (sliding_attention, ...)");
  command->add_option("--seq-len", options->seq_len,
                      "Sequence length that chooses the frequencies (dynamic, longrope)");
  command
      ->add_option("--profile", options->profile,
                   "Numeric profile: hf, transformers' float32 arithmetic; exact, the formula in "
                   "real arithmetic, rounded once")
      ->check(CLI::IsMember(Names(AllNumericProfiles(), NumericProfileName)))
      ->capture_default_str();
}

void AddInfo(CLI::App* app, Options* options) {
  CLI::App* command = app->add_subcommand("info", "What the server is, knows and allows");
  AddServer(command, options);
  command->footer("\nExample: ropectl info --server 127.0.0.1:50051");
}

void AddValidate(CLI::App* app, Options* options) {
  CLI::App* command =
      app->add_subcommand("validate", "What is wrong with configurations; exit code 1 if one is");
  AddServer(command, options);
  AddLocal(command, options);
  command
      ->add_option("configs,--config", options->configs,
                   "config.json files; -: standard input; preset:NAME: a known model; a directory: "
                   "every config.json and *.config.json below it")
      ->required();
  command->add_flag("--strict", options->strict, "Warnings are errors");
  command
      ->add_option("--preset", options->preset,
                   "Preset to compare with; auto: the one of the same family and shape; none")
      ->capture_default_str();
  command->add_flag(
      "--fix", options->fix,
      "Write the fixes that findings offer into the files (indented by 2), then judge");
  command
      ->add_option("--format", options->format, "text, json (as --json), or sarif for CI systems")
      ->check(CLI::IsMember({"text", "json", "sarif"}))
      ->capture_default_str();
  command
      ->add_option("--color", options->color,
                   "Colours; auto: on a terminal, unless NO_COLOR is set")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->capture_default_str();
  command->footer(
      "\nFirst a verdict, then every finding with its place in the file, as compilers do; for a "
      "single\n"
      "file also every value that is computed with, and where it comes from.\n"
      "Example: ropectl validate config.json\n"
      "         ropectl validate --local --format sarif models/ > findings.sarif");
}

void AddExplain(CLI::App* app, Options* options) {
  CLI::App* command =
      app->add_subcommand("explain", "What a finding's code means; needs no server");
  command->add_option("code", options->name, "ROPE-E012; absent: all codes");
  command->add_flag("--json", options->json, "Print one JSON document instead of text");
  command->footer("\nExample: ropectl explain ROPE-W115");
}

void AddPresets(CLI::App* app, Options* options) {
  CLI::App* command =
      app->add_subcommand("presets", "Known models, or the configuration of one of them");
  AddServer(command, options);
  AddLocal(command, options);
  command->add_option("name", options->name, "A preset; absent: the list");
  command->footer(
      "\n--config preset:NAME takes one wherever a configuration is asked for.\n"
      "Example: ropectl presets llama-3.1-8b > config.json");
}

void AddFreqs(CLI::App* app, Options* options) {
  CLI::App* command =
      app->add_subcommand("freqs", "Inverse frequencies and attention factor of a configuration");
  AddServer(command, options);
  AddConfig(command, options);
  AddResolution(command, options);
  command->footer(
      "\nWithout --seq-len: the frequencies of load time. Without --layer-type: all layer types.\n"
      "Example: ropectl freqs --config config.json --seq-len 131072 --json");
}

// What one table is.
void AddTableRequest(CLI::App* command, Options* options) {
  AddServer(command, options);
  AddConfig(command, options);
  AddResolution(command, options);
  auto* positions = command->add_option("--positions", options->positions,
                                        "START:STOP[:STEP] as Python's range, or P,P,...");
  command
      ->add_option("--positions-file", options->positions_file,
                   "int32 or int64 .npy of any shape, which becomes the batch shape")
      ->excludes(positions);
  command->add_option("--dtype", options->dtype, "Number format")
      ->check(CLI::IsMember(Names(AllDTypes(), DTypeName)))
      ->capture_default_str();
  command->add_option("--layout", options->layout, "Arrangement of a row")
      ->check(CLI::IsMember(Names(AllLayouts(), LayoutName)))
      ->capture_default_str();
  command
      ->add_option("--tensors", options->tensors,
                   "Which tensors, comma-separated; absent: all that the layout has")
      ->delimiter(',')
      ->check(CLI::IsMember({"cos", "sin", "cos_sin"}));
  command->add_flag("--negate-sin", options->negate_sin, "Tables of the inverse rotation");
  command->add_flag("--omit-attention-factor", options->omit_attention_factor,
                    "Leave the attention factor out of cos and sin");
  command->add_option("--chunk-bytes", options->chunk_bytes, "Bytes of one chunk; 0: 1 MiB")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
}

void AddTable(CLI::App* app, Options* options) {
  CLI::App* command = app->add_subcommand("table", "Streams cos and sin tables to a file");
  AddTableRequest(command, options);
  command->add_option("--out", options->out,
                      "File to write: .npz, .npy (one per tensor: x.cos.npy, x.sin.npy) or "
                      ".safetensors. Absent: fetch, check and write nothing");
  command->footer(
      "\nWithout --seq-len the length is the largest position plus 1.\n"
      "half_split, interleaved and compact make the tensors cos and sin; packed, pairs and complex "
      "one\n"
      "tensor, cos_sin. numpy has no bfloat16: .npy and .npz hold its bit patterns as uint16.\n"
      "Example: ropectl table --config config.json --positions 0:131072 --dtype bfloat16 \\\n"
      "           --layout compact --out tables.safetensors");
}

void AddWarm(CLI::App* app, Options* options) {
  CLI::App* command =
      app->add_subcommand("warm", "Has the server compute a table before it is asked for");
  AddTableRequest(command, options);
  command->footer(
      "\nExample: ropectl warm --config preset:llama-3.1-8b --positions 0:131072 --dtype bfloat16");
}

void AddBench(CLI::App* app, Options* options) {
  CLI::App* command =
      app->add_subcommand("bench", "Asks for the same table again and again: a load generator");
  AddTableRequest(command, options);
  command->add_option("--in-flight", options->in_flight, "Requests under way on each connection")
      ->check(CLI::Range(1, 10000))
      ->capture_default_str();
  command->add_option("--connections", options->connections, "Connections, each with a thread")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command->add_option("--duration", options->duration_seconds, "Seconds")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->footer(
      "\nExit code 3 where a request failed.\n"
      "Example: ropectl bench --config preset:llama-3.1-8b --positions 0:64 --in-flight 16");
}

bool HasFlag(int argc, char** argv, const char* flag) {
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], flag) == 0) return true;
  }
  return false;
}

}  // namespace

client::CallOptions Options::call_options() const {
  client::CallOptions call;
  if (timeout_seconds > 0) {
    call.timeout = std::chrono::milliseconds(static_cast<int64_t>(timeout_seconds * 1000));
  }
  return call;
}

CommandLine ParseCommandLine(int argc, char** argv) {
  CommandLine result;
  Options& options = result.options;
  CLI::App app{kDescription, "ropectl"};
  app.footer(kFooter);
  app.set_version_flag("--version", "ropectl " ROPE_VERSION);
  app.require_subcommand(1);
  AddInfo(&app, &options);
  AddValidate(&app, &options);
  AddFreqs(&app, &options);
  AddTable(&app, &options);
  AddPresets(&app, &options);
  AddExplain(&app, &options);
  AddWarm(&app, &options);
  AddBench(&app, &options);
  try {
    app.parse(argc, argv);
    options.command = app.get_subcommands().front()->get_name();
    if (options.json) options.format = "json";
    options.json = options.format == "json";
  } catch (const CLI::ParseError& error) {
    const bool mistake = error.get_exit_code() != 0;
    // A script that asked for JSON gets it for its mistakes too.
    if (mistake && HasFlag(argc, argv, "--json")) {
      PrintError(/*json=*/true, "USAGE", error.what(), {});
    } else {
      app.exit(error);
    }
    result.exit_code = mistake ? kUsage : kFine;
  }
  return result;
}

}  // namespace rope::ropectl
