int slipway_stub(void);
