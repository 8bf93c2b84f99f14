#include "engine/engine.h"
#include "engine/tables.h"
