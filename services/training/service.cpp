#include "training/rules_programme.h"
#include "training/training.h"

namespace songsang::training {

engine::Service Training() {
  engine::Service service("training");
  service.Command(OpenProgramme);
  AddProgrammeQueries(&service);
  return service;
}

}  // namespace songsang::training
