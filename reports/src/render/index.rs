//! The index of the reports made: what to open first, all reports by kind, and the account of delivery.

use lanbi_model::{Account, Instant, ReportPeriod, Zone};

/// Kinds of reports, in the order of the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReportKind {
    /// 环境质量日报.
    Daily,
    /// 环境质量月报.
    Monthly,
    /// 水环境质量报告.
    Water,
    /// 河长每日巡查单.
    RiverChief,
    /// 入河排污口监测报告.
    Outlet,
    /// 黑臭水体治理与监测报告.
    BlackOdor,
}

impl ReportKind {
    /// Every kind.
    pub const ALL: [Self; 6] =
        [Self::Daily, Self::Monthly, Self::Water, Self::Outlet, Self::BlackOdor, Self::RiverChief];

    /// Key in file names and on the command line.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Daily => "daily",
            Self::Monthly => "monthly",
            Self::Water => "water",
            Self::RiverChief => "river-chief",
            Self::Outlet => "outlet",
            Self::BlackOdor => "black-odor",
        }
    }

    /// As printed.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Daily => "环境质量日报",
            Self::Monthly => "环境质量月报",
            Self::Water => "水环境质量报告",
            Self::RiverChief => "河长每日巡查单",
            Self::Outlet => "入河排污口监测报告",
            Self::BlackOdor => "黑臭水体治理与监测报告",
        }
    }

    /// As printed for a period: what the chiefs get for a month is not a sheet.
    #[must_use]
    pub const fn title(self, period: ReportPeriod) -> &'static str {
        match (self, period) {
            (Self::RiverChief, ReportPeriod::Month(_)) => "河长制工作月报",
            _ => self.zh(),
        }
    }
}

/// A report that was written.
#[derive(Clone, Debug)]
pub struct ReportLink {
    /// Kind.
    pub kind: ReportKind,
    /// Period.
    pub period: ReportPeriod,
    /// Relative address of its file.
    pub href: String,
    /// One line on what it says; may be empty.
    pub remark: String,
}

/// A report to open first.
#[derive(Clone, Debug)]
pub struct FirstLook {
    /// Relative address, with an anchor where one helps.
    pub href: String,
    /// Title of the link.
    pub title: String,
    /// Why, in one line.
    pub reason: String,
}

/// What the index is built from.
#[derive(Clone, Debug)]
pub struct Index {
    /// District.
    pub district: String,
    /// Whether the data are made up.
    pub demo: bool,
    /// When the index was made.
    pub generated_at: Instant,
    /// Zone of the printed time.
    pub zone: Zone,
    /// Account of delivery.
    pub account: Account,
    /// Reports in any order.
    pub reports: Vec<ReportLink>,
    /// What to open first.
    pub first: Vec<FirstLook>,
}

/// The reports of one title.
pub(super) struct Group<'a> {
    pub(super) title: &'static str,
    pub(super) reports: Vec<&'a ReportLink>,
}

impl Index {
    /// Reports by kind and title, the newest period first; kinds without reports are left out.
    pub(super) fn groups(&self) -> Vec<Group<'_>> {
        let mut all: Vec<&ReportLink> = self.reports.iter().collect();
        all.sort_by(|a, b| {
            let title = |link: &ReportLink| (link.kind, link.kind.title(link.period) != link.kind.zh());
            title(a)
                .cmp(&title(b))
                .then_with(|| (b.period.last(), b.period.first()).cmp(&(a.period.last(), a.period.first())))
                .then_with(|| a.href.cmp(&b.href))
        });
        let title = |link: &&ReportLink| link.kind.title(link.period);
        all.chunk_by(|a, b| title(a) == title(b))
            .filter_map(|links| Some(Group { title: title(links.first()?), reports: links.to_vec() }))
            .collect()
    }
}
