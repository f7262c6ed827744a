#include "gzip.h"
int slipway_stub(void);
