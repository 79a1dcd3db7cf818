// Clients of grpc.health.v1 and of reflection.
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "tests/testing/raw_call.h"

namespace rope::testing {

// HealthCheckRequest { string service = 1; }
inline std::string HealthRequest(const std::string& service) {
  return std::string("\x0a") + static_cast<char>(service.size()) + service;
}

// HealthCheckResponse { ServingStatus status = 1; }
inline std::string HealthStatus(const std::string& response) {
  if (response == std::string("\x08\x01")) return "SERVING";
  if (response == std::string("\x08\x02")) return "NOT_SERVING";
  return "UNKNOWN";
}

// "SERVING", "NOT_SERVING", "UNKNOWN", or "NOT_FOUND" for an unknown service.
inline std::string CheckHealth(const std::shared_ptr<grpc::Channel>& channel,
                               const std::string& service) {
  RawCall call(channel, "/grpc.health.v1.Health/Check", HealthRequest(service));
  const std::optional<std::string> response = call.Read();
  const grpc::Status status = call.Finish();
  if (status.error_code() == grpc::StatusCode::NOT_FOUND) return "NOT_FOUND";
  return status.ok() && response.has_value() ? HealthStatus(*response) : status.error_message();
}

// A Health.Watch call that stays open as long as the object exists. Thread-safe.
class HealthWatch {
 public:
  HealthWatch(const std::shared_ptr<grpc::Channel>& channel, const std::string& service)
      : call_(channel, "/grpc.health.v1.Health/Watch", HealthRequest(service)),
        reader_([this] { ReadAll(); }) {}
  ~HealthWatch() {
    call_.Cancel();
    reader_.join();
    call_.Finish();
  }

  // The last status that was received; "" before the first.
  std::string last() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return last_;
  }

 private:
  void ReadAll() {
    while (const std::optional<std::string> response = call_.Read()) {
      const std::lock_guard<std::mutex> lock(mutex_);
      last_ = HealthStatus(*response);
    }
  }

  mutable std::mutex mutex_;
  std::string last_;
  RawCall call_;
  std::thread reader_;
};

// The bytes of the answer to list_services, which contain the names of the services; "" if the call
// fails.
inline std::string ListServices(const std::shared_ptr<grpc::Channel>& channel) {
  // ServerReflectionRequest { string list_services = 7; }
  RawCall call(channel, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
               "\x3a\x01*");
  const std::optional<std::string> response = call.Read();
  call.Finish();
  return response.value_or("");
}

}  // namespace rope::testing
