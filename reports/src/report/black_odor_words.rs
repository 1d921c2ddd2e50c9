//! Words on black-odorous waters: how far the roster has come, what slips, what an event was, and the notes.

use lanbi_analytics::black_odor::{DatedEvent, OdorLevel, RosterEvent, RosterState, WatchSettings};
use lanbi_model::Decimal;

use super::black_odor_report::{
    BlackOdorReportFacts, GuideNumbers, OdorBodyFacts, StandingFacts, SurveyFacts, WatchRow,
};
use super::ditches::DitchFacts;
use super::figure::Figure;
use super::head::common_notes;
use super::words;

/// How many waters stand where, how many are done, and what people said.
pub(super) fn roster_sentence(
    facts: &BlackOdorReportFacts,
    listed: &[(&OdorBodyFacts, &StandingFacts)],
    completion: &Figure,
) -> String {
    let Some(done) = facts.completion else {
        return "未建立黑臭水体名录台账，治理状态未统计。".to_owned();
    };
    if done.listed == 0 {
        return "名录内无水体。".to_owned();
    }
    let states = [
        RosterState::Relapsed,
        RosterState::Listed,
        RosterState::InTreatment,
        RosterState::Improved,
        RosterState::LastingClear,
    ];
    let parts: Vec<String> = states
        .into_iter()
        .filter_map(|state| {
            let names: Vec<String> =
                listed.iter().filter(|(_, s)| s.state == state).map(|(body, _)| body.name.clone()).collect();
            let named = if state == RosterState::Relapsed {
                format!("〔{}〕", words::list(&names))
            } else {
                String::new()
            };
            (!names.is_empty()).then(|| format!("{}{}个{named}", state.zh(), names.len()))
        })
        .collect();
    let mut text = format!(
        "名录水体{}个：{}。完成治理{}个，完成率{}",
        done.listed,
        parts.join("，"),
        done.done,
        completion.with_unit()
    );
    if let Some((target, is_met)) = facts.target.zip(facts.target.and_then(|target| done.meets(target))) {
        let word = if is_met { "达到目标" } else { "未达到目标" };
        text.push_str(&format!("，目标{}%，{word}", target.normalize()));
    }
    text.push('。');
    if listed.iter().any(|(_, standing)| standing.state == RosterState::Relapsed) {
        text.push_str("返黑返臭水体应及时公示、限期治理。");
    }
    let surveys: Vec<&SurveyFacts> = listed.iter().filter_map(|(body, _)| body.survey.as_ref()).collect();
    if !surveys.is_empty() {
        let passed = surveys.iter().filter(|survey| survey.passes).count();
        text.push_str(&format!("公众满意度调查{}个水体，达标{passed}个。", surveys.len()));
    }
    text
}

/// Which clean points come down.
pub(super) fn watch_sentence(facts: &BlackOdorReportFacts, watch: &[WatchRow]) -> String {
    let mut points: Vec<(&str, Vec<String>)> = Vec::new();
    for row in watch {
        let words = format!("{}{}", row.name, row.days);
        match points.last_mut() {
            Some((point, indicators)) if *point == row.point => indicators.push(words),
            _ => points.push((&row.point, vec![words])),
        }
    }
    if points.is_empty() {
        return format!(
            "未见未来{}天内可能返黑返臭的走低趋势（数据不足的点位除外）。",
            facts.watch.horizon_days
        );
    }
    let named: Vec<String> =
        points.iter().map(|(point, words)| format!("{point}（{}）", words.join("，"))).collect();
    format!(
        "{}个未达黑臭点位指标明显走低，按近期走势延伸有返黑返臭风险：{}；天数为推算，区间见表。",
        points.len(),
        words::list(&named)
    )
}

/// An event in words: `2026-05-31 监测未达黑臭（第三方）`.
pub(super) fn ground(dated: &DatedEvent) -> String {
    let (_, word) = dated.event.words();
    match dated.event {
        RosterEvent::Monitored { from, level, third_party } => {
            let who = if third_party { "（第三方）" } else { "" };
            let level = if level == OdorLevel::None { "未达黑臭" } else { level.zh() };
            format!("{from}至{}{word}{level}{who}", dated.day)
        }
        RosterEvent::Satisfaction { valid, satisfied } => {
            format!("{}{word}{satisfied}/{valid}", dated.day)
        }
        RosterEvent::Recognition { valid, foul } => format!("{}{word}{foul}/{valid}认为黑臭", dated.day),
        _ => format!("{}{word}", dated.day),
    }
}

/// The notes at the foot.
pub(super) fn notes(facts: &BlackOdorReportFacts, measured: &[DitchFacts]) -> Vec<String> {
    let mut notes = common_notes();
    notes.push(
        "定级按单次样品逐项判定，再由样品定点位、由点位定水体（城市黑臭水体整治工作指南2015；农村限值未核实），不以均值定级；表列均值仅供对照合格线。"
            .to_owned(),
    );
    if let Some(guide) = &facts.guide {
        notes.extend(guide_notes(guide, measured));
        if facts.completion.is_some() {
            notes.push(format!(
                "治理状态按名录事件推定：初见成效须完工、现场检查、完工后第三方监测合格和公众满意度达标，长制久清须其后连续{}个月以上第三方监测合格、\
                 长效机制文件和满意度达标（未核实）；已完成治理的水体在线监测整月定级达到轻度及以上的，按返黑返臭列出，待第三方复核；在线监测合格不作为\
                 治理成效依据。",
                guide.elimination.months
            ));
            notes.push("完成率为初见成效和长制久清水体占名录水体的比例，返黑返臭水体不计为完成。".to_owned());
        }
    }
    let WatchSettings { recent_days, base_days, slope_days, horizon_days, .. } = facts.watch;
    notes.push(format!(
        "返黑返臭预警名单由近{recent_days}天与此前{base_days}天的中位数比较得出，剩余天数为近{slope_days}天走势直线延伸及80%区间，\
         只列{horizon_days}天内者；为本系统方法，非标准规定，不作为定级依据，数周内的突变不能预见。"
    ));
    notes
}

fn guide_notes(guide: &GuideNumbers, measured: &[DitchFacts]) -> Vec<String> {
    let GuideNumbers { judging, shallow_below, shallow_share, .. } = guide;
    let share = (shallow_share * Decimal::ONE_HUNDRED).normalize();
    let mut notes =
        vec![format!("水深不足{shallow_below}cm的透明度按水深的{share}%判定；在线监测不能识别“清澈见底”。")];
    let short = |ditch: &&DitchFacts| {
        u32::try_from(ditch.points.len()).unwrap_or(u32::MAX) < judging.least_points
            || ditch.points.iter().any(|point| point.samples < judging.least_samples)
    };
    let names: Vec<String> = measured.iter().filter(short).map(|ditch| ditch.name.clone()).collect();
    if !names.is_empty() {
        notes.push(format!(
            "{}的监测点少于{}个或采样少于{}次，低于指南要求，定级供参考。",
            words::list(&names),
            judging.least_points,
            judging.least_samples
        ));
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(day: &str, event: RosterEvent) -> DatedEvent {
        DatedEvent { day: day.parse().unwrap(), event }
    }

    #[test]
    fn grounds_are_told_with_their_numbers() {
        let check = |day: &str, what: RosterEvent, expected: &str| {
            assert_eq!(ground(&event(day, what)), expected);
        };
        let monitored = |level, third_party| RosterEvent::Monitored {
            from: "2026-05-01".parse().unwrap(),
            level,
            third_party,
        };
        check("2026-05-31", monitored(OdorLevel::None, true), "2026-05-01至2026-05-31监测未达黑臭（第三方）");
        check("2026-05-31", monitored(OdorLevel::Light, false), "2026-05-01至2026-05-31监测轻度黑臭");
        check("2026-05-31", RosterEvent::WorksDone, "2026-05-31完工");
        check(
            "2026-05-31",
            RosterEvent::Satisfaction { valid: 100, satisfied: 98 },
            "2026-05-31满意度调查98/100",
        );
        check(
            "2026-05-31",
            RosterEvent::Recognition { valid: 100, foul: 61 },
            "2026-05-31公众评议61/100认为黑臭",
        );
    }
}
