// Fetches tables from flight_server.py with Arrow's own client. A line of input is "PORT THETA STEP
// TABLES". The answer to each line is the seconds that it took to fetch TABLES tables, with THETA,
// THETA + STEP, ..., into memory of this process.
#include <arrow/api.h>
#include <arrow/flight/api.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <string>
#include <vector>

namespace {

namespace flight = arrow::flight;

constexpr int64_t kTensorBytes = int64_t{65536} * 512;

template <typename T>
T OrDie(arrow::Result<T> result) {
  if (!result.ok()) {
    std::cerr << "flight_client: " << result.status().ToString() << "\n";
    std::exit(1);
  }
  return std::move(result).ValueUnsafe();
}

// Both columns into `memory`, one after the other.
void ReadTable(flight::FlightClient* client, int64_t theta, std::vector<char>* memory) {
  const auto reader = OrDie(client->DoGet(flight::Ticket{std::to_string(theta)}));
  int64_t done = 0;
  while (true) {
    const auto chunk = OrDie(reader->Next());
    if (chunk.data == nullptr) break;
    int64_t bytes = 0;
    for (int tensor : {0, 1}) {
      const auto& data = *chunk.data->column_data(tensor);
      bytes = data.length * static_cast<int64_t>(sizeof(float));
      std::memcpy(memory->data() + tensor * kTensorBytes + done, data.GetValues<float>(1),
                  static_cast<size_t>(bytes));
    }
    done += bytes;
  }
  if (done != kTensorBytes) std::exit(1);
}

}  // namespace

int main() {
  std::vector<char> memory(2 * kTensorBytes, 'x');
  int port = 0;
  int64_t theta = 0;
  int64_t step = 0;
  int64_t tables = 0;
  std::unique_ptr<flight::FlightClient> client;
  while (std::cin >> port >> theta >> step >> tables) {
    if (client == nullptr) {
      client = OrDie(
          flight::FlightClient::Connect(OrDie(flight::Location::ForGrpcTcp("127.0.0.1", port))));
    }
    const auto begin = std::chrono::steady_clock::now();
    for (int64_t i = 0; i < tables; ++i) ReadTable(client.get(), theta + i * step, &memory);
    std::cout << std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count()
              << std::endl;
  }
}
