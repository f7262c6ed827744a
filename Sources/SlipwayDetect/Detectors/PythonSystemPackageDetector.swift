// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Debian packages that Python packages and called programs need.
struct PythonSystemPackageDetector: Detector {
    let name = "python-system-packages"
    let account = DetectorAccount(
        recognises:
            "Debian packages that Python libraries need while building or running.",
        reads: ["dependencies, by the table below", "programs that the code calls"],
        confidence: "70 %")

    func detect(in repository: Repository) -> [Evidence] {
        repository.python.flatMap { project -> [Evidence] in
            let subject = Subject(repository.startFolder(of: project), nil)
            var found: [Evidence] = []
            for dependency in project.dependencies {
                guard let need = SystemPackages.python[dependency.name], !need.isMetByExtras(dependency.extras) else {
                    continue
                }
                found += need.run.map {
                    .claim(
                        .systemPackage($0), for: subject, file: dependency.file, line: dependency.line,
                        why: "\(dependency.name) (\(need.source))", confidence: Confidence.dependency)
                }
                found += need.build.map {
                    .claim(
                        .buildPackage($0), for: subject, file: dependency.file, line: dependency.line,
                        why: "\(dependency.name) is compiled (\(need.source))", confidence: Confidence.dependency)
                }
            }
            for source in project.sources {
                for item in source.calls {
                    guard let callee = source.qualified(item.call.callee),
                        callee.hasPrefix("subprocess.") || callee == "asyncio.create_subprocess_exec"
                            || callee == "shutil.which" || callee == "os.system"
                    else { continue }
                    let argument = item.call.arguments.first?.value
                    let list = argument?.elements ?? argument?.dotted.flatMap { source.assigned($0)?.elements }
                    let first = list?.first ?? argument
                    guard let text = first?.string ?? first.flatMap({ project.modules.text(of: $0, in: source) }),
                        let program = text.split(separator: " ").first.map({ String($0).lastPathComponent }),
                        let package = SystemPackages.programs[program]
                    else { continue }
                    found.append(
                        .claim(
                            .systemPackage(package), for: subject, file: source.path, line: item.call.line,
                            why: "calls \(program)", confidence: Confidence.code))
                }
            }
            return found
        }
    }
}

extension PythonSource {
    /// The value that a name gets anywhere in the file, in functions too.
    func assigned(_ name: String) -> PythonExpression? {
        for statement in statements {
            guard case .assignment(let targets, _, let value?) = statement.kind, targets.first?.dotted == name else {
                continue
            }
            return value
        }
        return nil
    }
}
