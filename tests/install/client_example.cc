// A program outside the project: fetches a table from the server whose address is its argument.
#include <rope/client/rope_client.h>

#include <cstdio>

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const auto client = rope::client::RopeClient::Connect(argv[1]);
  rope::v1::StreamEmbeddingsRequest request;
  request.mutable_config()->set_preset("llama-3.1-8b");
  request.mutable_position_ids()->mutable_range()->set_count(4096);
  const auto table = client.FetchTable(request);
  if (!table.ok()) {
    std::fprintf(stderr, "%s\n", table.status().ToString().c_str());
    return 1;
  }
  std::printf("%lld rows\n", static_cast<long long>(table->footer.rows()));
  return 0;
}
