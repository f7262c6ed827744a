// SPDX-License-Identifier: Apache-2.0

/// Python code bases: how their packages are installed.
struct PythonProjectDetector: Detector {
    let name = "python"

    func detect(in repository: Repository) -> [Evidence] {
        repository.python.flatMap { project -> [Evidence] in
            let subject = Subject(project.directory, nil)
            guard let first = project.dependencies.first else { return [] }
            return [
                .claim(
                    .language("python"), for: subject, file: first.file, why: "Python requirements",
                    confidence: Confidence.dependency),
                .claim(
                    .packageManager("pip"), for: subject, file: first.file, why: "requirements file",
                    confidence: Confidence.dependency),
                .claim(
                    .install("pip install -r \(first.file.lastPathComponent)"), for: subject, file: first.file,
                    why: "requirements file", confidence: Confidence.dependency),
            ]
        }
    }
}
