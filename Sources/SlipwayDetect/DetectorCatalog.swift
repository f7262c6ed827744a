// SPDX-License-Identifier: Apache-2.0

/// Every detector; a test compares the list with the folder `Detectors/`.
package enum DetectorCatalog {
    package static let all: [any Detector] = [
        AlembicDetector(),
        ComposeDetector(),
        DenoDetector(),
        DjangoDetector(),
        DockerfileDetector(),
        DotNetDetector(),
        ElixirDetector(),
        GoDetector(),
        JavaDetector(),
        NodeDataDetector(),
        NodeFrontEndDetector(),
        NodeProjectDetector(),
        NodeServerDetector(),
        NodeWorkerDetector(),
        PHPDetector(),
        PlatformFileDetector(),
        ProcfileDetector(),
        PythonProjectDetector(),
        PythonResourceDetector(),
        PythonScriptServerDetector(),
        PythonSeedDetector(),
        PythonStateDetector(),
        PythonSystemPackageDetector(),
        PythonWebDetector(),
        PythonWorkerDetector(),
        RubyDetector(),
        RustDetector(),
        SiteGeneratorDetector(),
        StaticSiteDetector(),
        SwiftDetector(),
        WorkflowDetector(),
    ]
}
