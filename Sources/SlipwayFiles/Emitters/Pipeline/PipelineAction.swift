// SPDX-License-Identifier: Apache-2.0

/// Actions by the commit of a released version: a tag can be moved to other code, a commit cannot. Each pair of hash and
/// version was read in workflows of several public repositories in 2026.
enum PipelineAction: String {
    case checkout = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1"
    case setupNode = "actions/setup-node@820762786026740c76f36085b0efc47a31fe5020"
    case setupPython = "actions/setup-python@5fda3b95a4ea91299a34e894583c3862153e4b97"
    case setupGo = "actions/setup-go@b7ad1dad31e06c5925ef5d2fc7ad053ef454303e"
    case setupUV = "astral-sh/setup-uv@c771a70e6277c0a99b617c7a806ffedaca235ff9"
    case setupPNPM = "pnpm/action-setup@0ebf47130e4866e96fce0953f49152a61190b271"
    case setupBun = "oven-sh/setup-bun@0c5077e51419868618aeaa5fe8019c62421857d6"
    case setupBuildx = "docker/setup-buildx-action@bb05f3f5519dd87d3ba754cc423b652a5edd6d2c"
    case login = "docker/login-action@dbcb813823bdd20940b903addbd779551569679f"
    case build = "docker/build-push-action@53b7df96c91f9c12dcc8a07bcb9ccacbed38856a"
    case scan = "aquasecurity/trivy-action@ed142fd0673e97e23eac54620cfb913e5ce36c25"
    case upload = "actions/upload-artifact@043fb46d1a93c77aae656e7c1c64a875d1fc6a0a"
    case setupFly = "superfly/flyctl-actions/setup-flyctl@fc53c09e1bc3be6f54706524e3b82c4f462f77be"

    var version: String {
        switch self {
        case .checkout, .upload: "v7.0.1"
        case .setupNode, .setupPython, .setupGo: "v7.0.0"
        case .setupUV: "v9.0.0"
        case .setupPNPM: "v6.0.9"
        case .setupBun: "v2.2.0"
        case .setupBuildx: "v4.2.0"
        case .login: "v4.6.0"
        case .build: "v7.3.0"
        case .scan: "v0.36.0"
        case .setupFly: "1.5"
        }
    }
}
