#include "CSlipwayHost.h"
int slipway_stub(void){return 0;}
