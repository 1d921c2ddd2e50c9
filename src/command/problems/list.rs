//! `lanbi problems list`.

use std::io::Write as _;

use lanbi_model::{ProblemState, ProblemTerms, Zone};
use lanbi_store::{ProblemFilter, Store};

use crate::command::{plain, records};

/// Which problems are meant.
pub(super) struct Wanted {
    pub open: bool,
    pub overdue: bool,
    pub chief: Option<String>,
}

pub(super) async fn run(
    store: &dyn Store,
    terms: &ProblemTerms,
    wanted: Wanted,
    zone: Zone,
) -> anyhow::Result<()> {
    let filter = ProblemFilter {
        open: wanted.open || wanted.overdue,
        chief: wanted.chief,
        ..ProblemFilter::default()
    };
    let problems = store.problems(&filter).await?;
    let now = chrono::Utc::now();
    let time = |instant: Option<_>| instant.map(|instant| records::stamp(zone, instant)).unwrap_or_default();
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "id\tstate\tsince\theld_by\tdeadline\toverdue\tsupervised\turgency\tkind\tchief\twater\tplace\topened_at\tsource"
    )?;
    for problem in problems {
        let course = problem.course();
        let overdue = course.is_overdue(problem.urgency, terms, now);
        if wanted.overdue && !overdue {
            continue;
        }
        writeln!(
            out,
            "{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}",
            plain(&problem.id),
            course.state().map_or("", ProblemState::key),
            time(course.since()),
            plain(course.holder().unwrap_or_default()),
            time(course.deadline(problem.urgency, terms)),
            records::yes_no(overdue),
            records::yes_no(problem.supervised),
            problem.urgency.key(),
            problem.kind.key(),
            plain(problem.chief.as_deref().unwrap_or_default()),
            plain(&problem.water),
            plain(&problem.place),
            time(course.opened_at()),
            plain(&problem.source)
        )?;
    }
    Ok(())
}
