// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// What took how long in one run.
struct TrialRecord: Sendable {
    let begin: ContinuousClock.Instant
    private(set) var spans: [ProofReport.Span] = []

    init(begin: ContinuousClock.Instant) { self.begin = begin }

    mutating func add(_ name: String, from start: ContinuousClock.Instant, to end: ContinuousClock.Instant) {
        spans.append(
            ProofReport.Span(
                name: name, startSeconds: max(0, (start - begin).seconds), endSeconds: (end - begin).seconds))
    }

    func parts(of trial: Trial) -> [ProofReport.Part] {
        let tasks = Set(trial.project.tasks.map(\.name))
        return trial.project.services.map { unit in
            let kind =
                unit.name == trial.frontDoor
                ? "gateway" : unit.resource != nil ? "resource" : tasks.contains(unit.name) ? "task" : "service"
            let spec = trial.spec(of: unit)
            let detail = [spec?.language, spec?.framework].compactMap { $0 }.joined(separator: ", ")
            return ProofReport.Part(
                name: unit.name, kind: kind, detail: detail.isEmpty ? unit.image ?? "" : detail,
                needs: unit.dependencies.map(\.service).sorted(),
                peakMemoryInBytes: trial.load.peak(of: unit.name), latencies: trial.load.latencies(of: unit.name))
        }
    }
}

extension TrialImage {
    var summary: ProofReport.Image {
        let created = (facts["History"]?.sequence ?? []).compactMap(\.text)
        return ProofReport.Image(
            name: build.tags.first ?? "", service: build.service, base: base, sizeInBytes: contents.sizeInBytes,
            ownSizeInBytes: contents.ownSizeInBytes, wastedBytes: contents.waste.reduce(0) { $0 + $1.bytes },
            layers: contents.layers.enumerated().map { index, layer in
                ProofReport.Image.Layer(
                    sizeInBytes: layer.sizeInBytes,
                    createdBy: layerNames.indices.contains(index) ? layerNames[index] : created.first ?? "",
                    isBase: index < contents.baseCount)
            })
    }
}
