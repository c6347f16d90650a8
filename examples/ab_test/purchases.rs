//! Purchases: read from a file of the CDNOW study, or made up.

/// A purchase.
#[derive(Clone, Debug, PartialEq)]
pub struct Purchase {
    /// As the study numbers its sample.
    pub customer: u64,
    /// Year, month and day, as one number.
    pub date: u32,
    pub cents: u64,
}

/// Reads lines of master id, sample id, date, discs and dollars, and puts them in order of their dates.
pub fn read(text: &str) -> Result<Vec<Purchase>, String> {
    let lines = text.lines().zip(1_u32..).filter(|(line, _)| !line.trim().is_empty());
    let said = |at| format!("line {at} is no purchase: master id, sample id, date, discs, dollars");
    let mut purchases =
        lines.map(|(line, at)| purchase(line).ok_or_else(|| said(at))).collect::<Result<Vec<_>, _>>()?;
    purchases.sort_by_key(|purchase| purchase.date);
    Ok(purchases)
}

/// Purchases of so many customers within three years: most of them buy seldom, some often. The same ones each time.
pub fn made_up(customers: u64) -> Vec<Purchase> {
    let mut random = fastrand::Rng::with_seed(19_970_101);
    let mut purchases = Vec::new();
    for customer in 1..=customers {
        loop {
            let date = 10_000 * random.u32(1997..2000) + 100 * random.u32(1..13) + random.u32(1..29);
            purchases.push(Purchase { customer, date, cents: random.u64(699..8_000) });
            if random.f64() < 0.34 {
                break;
            }
        }
    }
    purchases.sort_by_key(|purchase| purchase.date);
    purchases
}

fn purchase(line: &str) -> Option<Purchase> {
    let mut fields = line.split_whitespace();
    let [_, customer, date, _, dollars] =
        [fields.next()?, fields.next()?, fields.next()?, fields.next()?, fields.next()?];
    let dollars: f64 = dollars.parse().ok().filter(|dollars| (0.0..1e9).contains(dollars))?;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be within the range")]
    let cents = (dollars * 100.0).round() as u64;
    Some(Purchase { customer: customer.parse().ok()?, date: date.parse().ok()?, cents })
}
