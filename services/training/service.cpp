#include "songsang/training/v1/certification.pb.h"
#include "training/rules_programme.h"
#include "training/training.h"

namespace songsang::training {

engine::Service Training() {
  engine::Service service("training");
  service.Command(OpenProgramme);
  service.Owns<Certification>();
  AddProgrammeQueries(&service);
  return service;
}

}  // namespace songsang::training
