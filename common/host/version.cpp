#include "host/version.h"

#include <elf.h>
#include <link.h>

#include <cstring>
#include <random>
#include <string_view>

#include "core/hash.h"

namespace songsang::host {
namespace {

// The note that the linker leaves in a program; of the first object, which is the program itself.
int ReadNote(dl_phdr_info* info, size_t, void* id) {
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const ElfW(Phdr)& segment = info->dlpi_phdr[i];
    if (segment.p_type != PT_NOTE) continue;
    const char* at = reinterpret_cast<const char*>(info->dlpi_addr + segment.p_vaddr);
    const char* const end = at + segment.p_memsz;
    while (at + sizeof(ElfW(Nhdr)) <= end) {
      const auto aligned = [](size_t size) { return (size + 3) & ~size_t{3}; };
      ElfW(Nhdr) note;
      std::memcpy(&note, at, sizeof(note));
      const char* const name = at + sizeof(note);
      const char* const value = name + aligned(note.n_namesz);
      at = value + aligned(note.n_descsz);
      if (note.n_type != NT_GNU_BUILD_ID || at > end ||
          std::string_view(name, note.n_namesz) != std::string_view("GNU", 4))
        continue;
      static_cast<std::string*>(id)->assign(value, note.n_descsz);
    }
  }
  return 1;  // and of no other
}

}  // namespace

const char* Version() { return SONGSANG_VERSION; }

const std::string& BuildId() {
  static const std::string id = [] {
    std::string note;
    dl_iterate_phdr(ReadNote, &note);
    std::random_device random;
    // Without one, a process is a build of its own.
    if (note.empty())
      for (int i = 0; i < 4; ++i) note += std::to_string(random()) + "-";
    return std::string(Version()) + "+" + ToHex(note);
  }();
  return id;
}

}  // namespace songsang::host
