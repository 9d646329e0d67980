"""The first words of each notice, by kind and medium: title and body with variables in braces. Later versions are written in the portal."""

FIRST_WORDS: dict[tuple[str, str], tuple[str, str]] = {
    ("payday", "text"): (
        "Báo ngày nhận tiền",
        "Gia dinh ong/ba {ten} duoc nhan {tien} d tro cap thang {thang} tu {tu_ngay} den {den_ngay} tai {noi_nhan}."
        " Ma tra cuu {ma}. Hoi: {duong_day}.",
    ),
    ("payday", "letter"): (
        "Giấy báo nhận tiền trợ cấp tháng {thang}",
        "Kính gửi ông/bà {ten}.\n\nGia đình được nhận {tien} đồng tiền trợ cấp tháng {thang}, từ ngày {tu_ngay} đến ngày {den_ngay}, tại {noi_nhan}."
        "\n\nKhi đi nhận, xin mang theo giấy này và căn cước. Người nhận thay phải có giấy ủy quyền đã nộp cho Ủy ban nhân dân xã."
        "\n\nNhận tiền trợ cấp không mất phí. Muốn biết tiền gồm những khoản nào, xin gọi {duong_day} hoặc xem trên mạng bằng mã tra cứu {ma}.",
    ),
    ("unpaid", "text"): (
        "Nhắc nhận tiền",
        "Gia dinh ong/ba {ten} chua nhan {tien} d tro cap thang {thang}. Xin den {noi_nhan} truoc ngay {den_ngay}."
        " Ma tra cuu {ma}. Hoi: {duong_day}.",
    ),
    ("unpaid", "letter"): (
        "Giấy nhắc nhận tiền trợ cấp tháng {thang}",
        "Kính gửi ông/bà {ten}.\n\nĐến nay gia đình chưa nhận {tien} đồng tiền trợ cấp tháng {thang}. Số tiền này được chuyển sang kỳ chi trả"
        " sau; xin đến {noi_nhan} từ ngày {tu_ngay} đến ngày {den_ngay}.\n\nBa tháng liền không nhận thì việc chi trả bị tạm dừng. Nếu"
        " không đi lại được, xin gọi {duong_day} để được hướng dẫn cử người nhận thay. Mã tra cứu: {ma}.",
    ),
    ("suspension", "text"): (
        "Tạm dừng chi trả",
        "Tro cap cua gia dinh ong/ba {ten} tam dung tu thang {thang}: {ly_do}. Xin lien he UBND xa hoac {duong_day}. Ma tra cuu {ma}.",
    ),
    ("suspension", "letter"): (
        "Thông báo tạm dừng chi trả trợ cấp",
        "Kính gửi ông/bà {ten}.\n\nViệc chi trả trợ cấp của gia đình tạm dừng từ tháng {thang}. Lý do: {ly_do}.\n\nKhi lý do không còn, gia đình báo "
        "cho Ủy ban nhân dân xã để được chi trả tiếp, kể cả những tháng tạm dừng theo quy định. Hỏi thêm: {duong_day}. Mã tra cứu: {ma}.",
    ),
    ("account", "text"): (
        "Thay đổi cách nhận tiền",
        "Cach nhan tien tro cap cua ong/ba {ten} vua thay doi: {cach_nhan}. Neu khong phai do gia dinh yeu cau, xin bao ngay {duong_day}.",
    ),
    ("account", "letter"): (
        "Thông báo thay đổi cách nhận tiền",
        "Kính gửi ông/bà {ten}.\n\nCách nhận tiền trợ cấp của ông/bà vừa được ghi nhận thay đổi: {cach_nhan}. Thay đổi có hiệu lực từ ngày {tu_ngay}."
        "\n\nNếu ông/bà không yêu cầu thay đổi này, xin báo ngay cho Ủy ban nhân dân xã hoặc gọi {duong_day}.",
    ),
}
