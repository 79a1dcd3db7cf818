// Fetches the cos and sin tables of a config.json: fetch_table CONFIG_JSON [SERVER]
#include <fstream>
#include <iostream>
#include <iterator>

#include "client/rope_client.h"

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: fetch_table CONFIG_JSON [SERVER]\n";
    return 2;
  }
  std::ifstream file(argv[1]);
  const std::string config_json(std::istreambuf_iterator<char>(file), {});

  const auto client = rope::client::RopeClient::Connect(argc > 2 ? argv[2] : "127.0.0.1:50051");
  rope::v1::StreamEmbeddingsRequest request;
  request.mutable_config()->set_model_config_json(config_json);
  request.mutable_position_ids()->mutable_range()->set_count(8192);
  const auto table = client.FetchTable(request);
  if (!table.ok()) {
    std::cerr << table.status() << "\n";
    return 1;
  }
  for (const rope::client::Tensor& tensor : table->tensors) {
    std::cout << rope::v1::TensorKind_Name(tensor.kind) << " " << tensor.shape[0] << " x "
              << tensor.shape[1] << ", " << tensor.byte_size << " bytes\n";
  }
}
