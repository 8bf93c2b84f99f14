#include "rows/validate.h"
#include "rows/table.h"
